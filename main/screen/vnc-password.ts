import { createCipheriv } from 'node:crypto'

/** VNC looks at no more of a password. */
export const mostPasswordBytes = 8

const blockBytes = 8

/** The answer to a server's challenge (RFC 6143, 7.2.2): DES, whose key is the password with the bits of each byte turned round. */
export function answerChallenge(challenge: Buffer, password: string): Buffer {
  const key = Buffer.alloc(mostPasswordBytes)
  Buffer.from(password, 'latin1').copy(key)
  for (const [at, byte] of key.entries()) key[at] = turned(byte)
  const blocks: Buffer[] = []
  for (let at = 0; at < challenge.length; at += blockBytes) {
    // Single DES is not in every build of the system's cryptography; three times the same key is the same.
    const cipher = createCipheriv('des-ede3-cbc', Buffer.concat([key, key, key]), Buffer.alloc(blockBytes))
    cipher.setAutoPadding(false)
    blocks.push(cipher.update(challenge.subarray(at, at + blockBytes)))
  }
  return Buffer.concat(blocks)
}

function turned(byte: number): number {
  let turnedByte = 0
  for (let bit = 0; bit < 8; bit += 1) if ((byte & (1 << bit)) !== 0) turnedByte |= 0x80 >> bit
  return turnedByte
}
