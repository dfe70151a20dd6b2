/**
 * How frames travel where only text and bytes do (the web way in). A frame is JSON text; one that carries bytes in its
 * `value.data` (a terminal's) is binary: the length of a header (4 bytes, big endian), the header as ASCII JSON, the bytes as
 * they are. Both sides use this file, so they cannot disagree.
 */

interface BytesFrame {
  readonly value: { readonly data: Uint8Array }
}

function carriesBytes(frame: object): frame is BytesFrame {
  if (!('value' in frame)) return false
  const { value } = frame
  return typeof value === 'object' && value !== null && 'data' in value && value.data instanceof Uint8Array
}

/** Writes a frame; text unless it carries bytes. */
export function encodeFrame(frame: object): string | Uint8Array<ArrayBuffer> {
  if (!carriesBytes(frame)) return JSON.stringify(frame)
  const { data } = frame.value
  const header = asciiJson({ ...frame, value: { ...frame.value, data: null } })
  const bytes = new Uint8Array(4 + header.length + data.length)
  new DataView(bytes.buffer).setUint32(0, header.length)
  for (let at = 0; at < header.length; at += 1) bytes[4 + at] = header.charCodeAt(at)
  bytes.set(data, 4 + header.length)
  return bytes
}

/** Reads a frame back. Throws a `SyntaxError` for whatever `encodeFrame` cannot have written; its shape is not checked. */
export function decodeFrame(message: string | Uint8Array): unknown {
  if (typeof message === 'string') return JSON.parse(message)
  if (message.length < 4) throw new SyntaxError('a binary frame without a header')
  const length = new DataView(message.buffer, message.byteOffset, message.byteLength).getUint32(0)
  if (length > Math.min(message.length - 4, maxHeaderBytes)) throw new SyntaxError('a binary frame with a wrong header')
  const frame: unknown = JSON.parse(String.fromCharCode(...message.subarray(4, 4 + length)))
  if (typeof frame !== 'object' || frame === null || !('value' in frame)) throw new SyntaxError('not a frame')
  if (typeof frame.value !== 'object' || frame.value === null) throw new SyntaxError('a binary frame without a value')
  return { ...frame, value: { ...frame.value, data: message.slice(4 + length) } }
}

/** Headers are a few words; more than this is not ours. */
const maxHeaderBytes = 4096

/** One byte per character, so that the length in characters is the length in bytes. */
function asciiJson(value: unknown): string {
  return JSON.stringify(value).replace(
    /[\u0080-\uffff]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}
