import { spawn } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { root } from '../support/window.ts'

/** v86 by itself, with Berth's guest waiting for a line. */
export interface BareMonitor {
  readonly pid: number
  /** Keeps its state; milliseconds. */
  save(): Promise<number>
  end(): Promise<void>
}

export async function bareMonitor(): Promise<BareMonitor> {
  const folder = await mkdtemp(join(tmpdir(), 'berth-bare-'))
  const program = join(root, 'tests/bench/bare-v86.mjs')
  const bare = spawn(process.execPath, [program, 'save', folder], { stdio: ['pipe', 'pipe', 'inherit'] })
  const lines = createInterface({ input: bare.stdout })[Symbol.asyncIterator]()
  const next = async (): Promise<string> => {
    const { value, done } = await lines.next()
    if (done) throw new Error('the bare emulator ended')
    return value
  }
  while ((await next()) !== 'waiting');
  if (bare.pid === undefined) throw new Error('the bare emulator has no process')
  return {
    pid: bare.pid,
    async save() {
      bare.stdin.write('save\n')
      return Number(await next())
    },
    async end() {
      bare.kill()
      await rm(folder, { recursive: true })
    },
  }
}
