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
  readonly pid: number
  /** Keeps its state and its disk; milliseconds. */
  save(): Promise<number>
  /** Types a line into the guest that ends with saying `done-` and a number, and waits for that. */
  run(line: string): Promise<void>
  /** Switches its network on. */
  online(): void
  end(): Promise<void>
}

/**
 * `cold`: from its disk. `first`: from the memory that comes with it. With `networkPort` its card has v86's own adapter, which carries
 * all connections there.
 */
export async function bareLinux(mode: 'cold' | 'first', networkPort?: number): Promise<BareLinux> {
  const folder = await mkdtemp(join(tmpdir(), 'berth-bare-'))
  const bare = spawn(
    process.execPath,
    [
      join(root, 'tests/bench/bare-linux.mjs'),
      folder,
      mode,
      ...(networkPort === undefined ? [] : [String(networkPort)]),
    ],
    {
      stdio: ['pipe', 'pipe', 'inherit'],
    },
  )
  const lines = createInterface({ input: bare.stdout })[Symbol.asyncIterator]()
  const next = async (): Promise<string> => {
    const { value, done } = await lines.next()
    if (done) throw new Error('the bare emulator ended')
    return value
  }
  while ((await next()) !== 'prompt');
  if (bare.pid === undefined) throw new Error('the bare emulator has no process')
  return {
    pid: bare.pid,
    async save() {
      bare.stdin.write('save\n')
      return Number(await next())
    },
    async run(line) {
      bare.stdin.write(`${line}\n`)
      while ((await next()) !== 'done');
    },
    online: () => void bare.stdin.write('network on\n'),
    async end() {
      bare.kill('SIGKILL')
      await rm(folder, { recursive: true })
    },
  }
}
