const headerBytes = 7
const errorReply = 7
const errorBytes = headerBytes + 4
/** Linux's ENODEV. */
const noDevice = 19

/** The answer of a shared folder that is not there, to whatever a guest asks of it in 9P2000.L: there is no such device. */
export function refuse(request: Uint8Array, reply: (bytes: Uint8Array) => void): void {
  const answer = new DataView(new ArrayBuffer(errorBytes))
  answer.setUint32(0, errorBytes, true)
  answer.setUint8(4, errorReply)
  // The request's own number.
  const tag = request.length < headerBytes ? 0xffff : (request[5] ?? 0) | ((request[6] ?? 0) << 8)
  answer.setUint16(5, tag, true)
  answer.setUint32(headerBytes, noDevice, true)
  reply(new Uint8Array(answer.buffer))
}
