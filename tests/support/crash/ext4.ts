import { execFile } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)
const options = { env: { ...process.env, PATH: `${process.env['PATH']}:/usr/sbin:/sbin` } }

/** What an ext4 disk holds after the next mount. */
export interface Ext4Look {
  /** What a check finds wrong that no power cut explains; null when nothing is. */
  readonly damage: string | null
  /** The text of each file that was asked for; null where there is none. */
  readonly texts: readonly (string | null)[]
}

export async function missingExt4Tools(): Promise<string | null> {
  for (const tool of ['e2fsck', 'debugfs']) {
    if (
      !(await run(tool, ['-V'], options).then(
        () => true,
        () => false,
      ))
    )
      return tool
  }
  return null
}

/** Looks into a copy of a disk: its journal is played back first, as a kernel does, and what a power cut leaves behind is put right. */
export async function lookIntoExt4(path: string, files: readonly string[]): Promise<Ext4Look> {
  const folder = await mkdtemp(join(tmpdir(), 'berth-ext4-'))
  const copy = join(folder, 'disk.img')
  try {
    await run('cp', ['--sparse=always', '--reflink=auto', path, copy])
    // Of its own accord it mends only what is safe: 1 says that it did.
    const damage =
      (await said(['e2fsck', '-f', '-p', copy], [0, 1])) ?? (await said(['e2fsck', '-f', '-n', copy], [0])) ?? null
    const texts = await Promise.all(
      files.map(async (file) => {
        const { stdout, stderr } = await run('debugfs', ['-R', `cat ${file}`, copy], options)
        return stderr.includes('File not found') ? null : stdout
      }),
    )
    return { damage, texts }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** What a tool said that ended in another way than these. */
async function said([tool = '', ...words]: readonly string[], fine: readonly number[]): Promise<string | null> {
  return run(tool, words, options).then(
    () => null,
    (error: { code?: unknown; stdout?: string; stderr?: string }) =>
      fine.includes(Number(error.code)) ? null : `${tool}: ${error.code} ${error.stdout ?? ''}${error.stderr ?? ''}`,
  )
}
