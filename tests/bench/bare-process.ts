import { spawn } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { root } from '../support/window.ts'

/** An emulator by itself in a Node process of its own, which is given lines and answers in lines. */
export interface BareProcess {
  readonly pid: number
  tell(line: string): void
  /** The next line that it says. */
  next(): Promise<string>
  /** Passes over what it says up to this line. */
  until(line: string): Promise<void>
  end(): Promise<void>
}

/** `words` are given the folder that it may write in, which goes with it. */
export async function startBareProcess(
  program: 'bare-v86' | 'bare-linux',
  words: (folder: string) => readonly string[],
): Promise<BareProcess> {
  const folder = await mkdtemp(join(tmpdir(), 'berth-bare-'))
  const path = join(root, `tests/bench/${program}.mjs`)
  const bare = spawn(process.execPath, [path, ...words(folder)], { stdio: ['pipe', 'pipe', 'inherit'] })
  if (bare.pid === undefined) throw new Error('the bare emulator has no process')
  const lines = createInterface({ input: bare.stdout })[Symbol.asyncIterator]()
  const next = async (): Promise<string> => {
    const { value, done } = await lines.next()
    if (done) throw new Error('the bare emulator ended')
    return value
  }
  return {
    pid: bare.pid,
    tell: (line) => void bare.stdin.write(`${line}\n`),
    next,
    async until(line) {
      while ((await next()) !== line);
    },
    async end() {
      bare.kill('SIGKILL')
      await rm(folder, { recursive: true })
    },
  }
}
