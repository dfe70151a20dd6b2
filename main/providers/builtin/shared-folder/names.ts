import { Refusal } from './errno.ts'
import { maxNameBytes } from './protocol.ts'

/** Where something lies below the shared folder: names without any separator, none of them `.` or `..`. */
export type Path = readonly Buffer[]

const maxPathBytes = 4096
const deepest = 256

/** Devices of MS-DOS, which Windows finds in every folder, whatever follows a dot. */
const windowsDevices = /^(con|prn|aux|nul|conin\$|conout\$|com[0-9¹²³]|lpt[0-9¹²³])(\.|$| )/i
/** A backslash separates and a colon names a stream; Windows has no files with the others. */
const windowsReserved = '\\/:*?"<>|'

/** Refuses what cannot be, or must not be, the name of something in a folder. */
export function checkName(name: Buffer, platform: NodeJS.Platform): void {
  if (name.length === 0 || name.equals(dot) || name.equals(dotDot)) throw new Refusal('EINVAL')
  if (name.length > maxNameBytes) throw new Refusal('ENAMETOOLONG')
  if (name.includes(0) || name.includes(0x2f)) throw new Refusal('EINVAL')
  if (platform === 'linux') return
  // Elsewhere names are text: other bytes would become other names.
  const text = name.toString()
  if (!Buffer.from(text).equals(name)) throw new Refusal('EILSEQ')
  if (platform === 'win32' && !isWindowsName(text)) throw new Refusal('EINVAL')
}

function isWindowsName(text: string): boolean {
  if ([...text].some((character) => character < ' ' || windowsReserved.includes(character))) return false
  return !/[. ]$/.test(text) && !windowsDevices.test(text)
}

const dot = Buffer.from('.')
const dotDot = Buffer.from('..')

export function isDotDot(name: Buffer): boolean {
  return name.equals(dotDot)
}

export function below(path: Path, name: Buffer, platform: NodeJS.Platform): Path {
  checkName(name, platform)
  const bytes = path.reduce((sum, { length }) => sum + length + 1, name.length)
  if (path.length >= deepest || bytes > maxPathBytes) throw new Refusal('ENAMETOOLONG')
  return [...path, name]
}

/** Whether `path` is `folder` or lies below it. */
export function isIn(path: Path, folder: Path): boolean {
  return path.length >= folder.length && folder.every((name, index) => path[index]?.equals(name))
}
