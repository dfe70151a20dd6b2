import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { RunResult } from '../../../../main/exec/command.ts'

const folder = join(import.meta.dirname, '../../../fixtures/cli/virtualbox/7.2.22')

/** Names of all recordings of single commands. */
export const recordings: readonly string[] = readdirSync(folder)
  .filter((name) => name.endsWith('.json') && !name.startsWith('_'))
  .map((name) => name.slice(0, -'.json'.length))
  .sort()

interface Recorded {
  readonly argv: readonly string[]
  readonly exitCode: number
  readonly stdout: Stream
  readonly stderr: Stream
}
/** `npm run record` says how its bytes are written down; the first recordings are text. */
type Stream = string | { readonly encoding: 'utf8'; readonly data: string }
const textOf = (stream: Stream): string => (typeof stream === 'string' ? stream : stream.data)

/** What the real VBoxManage said. */
export function recording(name: string): RunResult {
  const { argv, exitCode, stdout, stderr } = raw<Recorded>(name)
  return {
    command: { file: argv[0] ?? '', args: argv.slice(1), timeoutMs: 1000 },
    reason: 'exit',
    exitCode,
    signal: null,
    stdout: textOf(stdout),
    stderr: textOf(stderr),
    durationMs: 1,
  }
}

/** A file of the folder as it is. */
export function raw<T>(name: string): T {
  return JSON.parse(readFileSync(join(folder, `${name}.json`), 'utf8')) as T
}
