import { stat } from 'node:fs/promises'
import { isIso } from '../../images/chain.ts'

/** The largest floppy there is. */
const floppyBytes = 2_949_120

/** Whether an image goes into the floppy drive: it is as small as one and does not say that it is a CD. */
export async function isFloppy(path: string): Promise<boolean> {
  const { size } = await stat(path)
  return size <= floppyBytes && !(await isIso(path))
}
