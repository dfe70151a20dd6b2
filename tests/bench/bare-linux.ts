import { spawn } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { root } from '../support/window.ts'

/** What a shell's prompt looks like in the serial log, with nothing said since. */
export const promptInLog = /root@linux:~# $/

/** v86 by itself with the Linux that comes with Berth, at its prompt. */
export interface BareLinux {
  /** Keeps its state and its disk; milliseconds. */
  save(): Promise<number>
  end(): Promise<void>
}

/** `cold`: from its disk. `first`: from the memory that comes with it. */
export async function bareLinux(mode: 'cold' | 'first'): Promise<BareLinux> {
  const folder = await mkdtemp(join(tmpdir(), 'berth-bare-'))
  const bare = spawn(process.execPath, [join(root, 'tests/bench/bare-linux.mjs'), folder, mode], {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  const lines = createInterface({ input: bare.stdout })[Symbol.asyncIterator]()
  const next = async (): Promise<string> => {
    const { value, done } = await lines.next()
    if (done) throw new Error('the bare emulator ended')
    return value
  }
  while ((await next()) !== 'prompt');
  return {
    async save() {
      bare.stdin.write('save\n')
      return Number(await next())
    },
    async end() {
      bare.kill('SIGKILL')
      await rm(folder, { recursive: true })
    },
  }
}
