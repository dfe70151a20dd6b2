import { execFile } from 'node:child_process'
import { readdir, readFile } from 'node:fs/promises'
import { promisify } from 'node:util'

const run = promisify(execFile)

const patternBytes = 1_048_576

/** Fills the first megabyte of a disk with one byte, as a guest that writes would. */
export async function writePattern(path: string, byte: number): Promise<void> {
  await run('qemu-io', ['-f', 'qcow2', '-c', `write -P ${byte} 0 ${patternBytes}`, path])
}

/** The byte the first megabyte is filled with; null when it is not one byte. */
export async function readPattern(path: string): Promise<number | null> {
  const { stdout } = await run('qemu-io', ['-f', 'qcow2', '-r', '-c', 'read -v 0 1', path])
  const byte = Number.parseInt(/^0+:\s+([0-9a-f]{2})\b/m.exec(stdout)?.[1] ?? '', 16)
  if (Number.isNaN(byte)) throw new Error(`qemu-io said: ${stdout}`)
  const whole = await run('qemu-io', ['-f', 'qcow2', '-r', '-c', `read -P ${byte} 0 ${patternBytes}`, path])
  return /verification failed/i.test(whole.stdout + whole.stderr) ? null : byte
}

/** What `qemu-img check` finds wrong with a disk that nobody uses; null when nothing is. */
export async function damageOf(path: string): Promise<string | null> {
  return run('qemu-img', ['check', '-f', 'qcow2', path]).then(
    () => null,
    (error: { stdout?: string; stderr?: string }) => `${error.stdout ?? ''}${error.stderr ?? ''}`.trim(),
  )
}

/** The tags of a disk's own snapshots. */
export async function tagsOf(path: string): Promise<readonly string[]> {
  const { stdout } = await run('qemu-img', ['info', '--output=json', '-f', 'qcow2', path])
  const info = JSON.parse(stdout) as { snapshots?: readonly { name: string }[] }
  return (info.snapshots ?? []).map((one) => one.name)
}

/** Processes of QEMU and its image tool that have this word in one of their arguments, or stand in a folder of that name. */
export async function toolProcesses(word: string): Promise<readonly { readonly pid: number; readonly name: string }[]> {
  const found = []
  for (const entry of await readdir('/proc')) {
    if (!/^\d+$/.test(entry)) continue
    const words = await readFile(`/proc/${entry}/cmdline`, 'utf8').catch(() => '')
    const name = /^(?:[^\0]*\/)?(qemu-[^\0/]*)/.exec(words)?.[1]
    if (name !== undefined && words.includes(word)) found.push({ pid: Number(entry), name })
  }
  return found
}

/** Processes of QEMU that have this word in one of their arguments. */
export async function qemuProcesses(word: string): Promise<readonly number[]> {
  const found: number[] = []
  for (const name of await readdir('/proc')) {
    if (!/^\d+$/.test(name)) continue
    const words = await readFile(`/proc/${name}/cmdline`, 'utf8').catch(() => '')
    if (/^[^\0]*qemu-system/.test(words) && words.includes(word)) found.push(Number(name))
  }
  return found
}
