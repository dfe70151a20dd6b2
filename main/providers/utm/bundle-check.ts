import { join } from 'node:path'
import { z } from 'zod'
import { failure } from '../../../app/domain/errors.ts'
import { checkImported } from '../../images/check.ts'
import { fileInside, outside, staysInside } from '../../images/named-inside.ts'
import { configFile } from './bundle.ts'
import { extraArguments } from './extra-arguments.ts'
import { readPlist } from './plist.ts'

const field = 'path'
/** Of an argument that may be as long as its author likes. */
const maxShown = 300

/** As UTM writes drives since version 4, and before. */
const driveSchema = z.object({
  ImageName: z.string().optional(),
  ImagePath: z.string().optional(),
  ImageType: z.string().catch(''),
})
const configSchema = z.object({ Drive: z.array(z.unknown()).catch([]), Drives: z.array(z.unknown()).catch([]) })
const folders = ['Data', 'Images'] as const
/** A kernel and what goes with it are loaded as they are, compressed too. */
const isLoaded = /^(?:linux|kernel|initrd|dtb|bios)/i

/** Nobody is asked about them one by one: an honest bundle can do without. */
function checkArguments(config: unknown): readonly string[] {
  const { all, reaching } = extraArguments(config)
  const [argument] = reaching
  if (argument === undefined) return all
  throw failure(
    'unsupported',
    { key: 'utm.error.argument', params: { argument: argument.slice(0, maxShown) } },
    { hint: { key: 'utm.error.argument.hint' }, field },
  )
}

/**
 * Every disk that a bundle from elsewhere names, before UTM copies it: QEMU opens a disk in it, by the format that its first bytes
 * show, with all that the disk names what speaks against it.
 */
export async function checkBundle(path: string): Promise<readonly string[]> {
  const config = await readPlist(join(path, configFile))
  const { Drive, Drives } = configSchema.parse(config)
  const added = checkArguments(config)
  for (const drive of [...Drive, ...Drives]) {
    // UTM itself refuses a drive that is none.
    const { data } = driveSchema.safeParse(drive)
    for (const name of [data?.ImageName, data?.ImagePath]) {
      if (name === undefined || name === '') continue
      if (!staysInside(name)) throw outside(path, name, field)
      for (const folder of folders) {
        const file = await fileInside(path, join(folder, name), path, field)
        if (file !== null && !isLoaded.test(data?.ImageType ?? '')) await checkImported(file, field)
      }
    }
  }
  return added
}
