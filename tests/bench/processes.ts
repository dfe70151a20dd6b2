import { readdir, readFile } from 'node:fs/promises'

/** One process as /proc has it. */
export interface ProcessStat {
  readonly pid: number
  readonly parent: number
  readonly name: string
  /** User and system time so far, in the kernel's ticks. */
  readonly ticks: number
}

/** Ticks per second: fixed at 100 for what Linux tells programs. */
const ticksPerSecond = 100

/** A program and every process it has started that still is its own. */
export async function treeOf(root: number): Promise<readonly ProcessStat[]> {
  const all = (await Promise.all((await readdir('/proc')).filter((name) => /^\d+$/.test(name)).map(readStat))).flat()
  const tree = new Set([root])
  // Parents may come after their children in the listing: until nothing is added.
  for (let size = 0; size !== tree.size; ) {
    size = tree.size
    for (const { pid, parent } of all) if (tree.has(parent)) tree.add(pid)
  }
  return all.filter(({ pid }) => tree.has(pid))
}

/** Seconds of processor time that these processes have used. */
export function secondsOf(processes: readonly ProcessStat[]): number {
  return processes.reduce((sum, { ticks }) => sum + ticks, 0) / ticksPerSecond
}

async function readStat(entry: string): Promise<readonly ProcessStat[]> {
  const text = await readFile(`/proc/${entry}/stat`, 'utf8').catch(() => null)
  if (text === null) return []
  // The second field is the name in brackets and may hold anything.
  const end = text.lastIndexOf(')')
  const fields = text.slice(end + 2).split(' ')
  return [
    {
      pid: Number(entry),
      parent: Number(fields[1]),
      name: text.slice(text.indexOf('(') + 1, end),
      ticks: Number(fields[11]) + Number(fields[12]),
    },
  ]
}
