import { open } from 'node:fs/promises'

/** The largest floppy there is. */
const floppyBytes = 2_949_120
/** Where an ISO image says what it is. */
const isoMark = { offset: 0x8001, text: 'CD001' }

/** Whether an image goes into the floppy drive: it is as small as one and does not say that it is a CD. */
export async function isFloppy(path: string): Promise<boolean> {
  const file = await open(path, 'r')
  try {
    const { size } = await file.stat()
    if (size > floppyBytes) return false
    const bytes = Buffer.alloc(isoMark.text.length)
    await file.read(bytes, 0, bytes.length, isoMark.offset)
    return bytes.toString('latin1') !== isoMark.text
  } finally {
    await file.close()
  }
}
