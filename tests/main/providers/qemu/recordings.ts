import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { RunResult } from '../../../../main/exec/command.ts'

export const folder = join(import.meta.dirname, '../../../fixtures/cli/qemu/7.2.22')
const files = readdirSync(folder).sort()

/** Names of all recordings of single commands. */
export const recordings: readonly string[] = files.flatMap((name) => /^(.*)\.json$/.exec(name)?.[1] ?? [])
/** Names of all recorded conversations with a monitor. */
export const transcripts: readonly string[] = files.flatMap((name) => /^(qmp-.*)\.txt$/.exec(name)?.[1] ?? [])

interface Recorded {
  readonly argv: readonly string[]
  readonly exitCode: number
  readonly stdout: { readonly data: string }
  readonly stderr: { readonly data: string }
}

/** What the real program said. */
export function recording(name: string): RunResult {
  const { argv, exitCode, stdout, stderr } = JSON.parse(readFileSync(join(folder, `${name}.json`), 'utf8')) as Recorded
  return {
    command: { file: argv[0] ?? '', args: argv.slice(1), timeoutMs: 1000 },
    reason: 'exit',
    exitCode,
    signal: null,
    stdout: stdout.data,
    stderr: stderr.data,
    durationMs: 1,
  }
}

export interface Exchange {
  readonly request: { readonly execute: string; readonly arguments?: unknown }
  /** What QEMU said until the next request: events and the reply. */
  readonly answers: readonly Readonly<Record<string, unknown>>[]
}

/** A recorded conversation: the greeting, then each request with what came of it. */
export function transcript(name: string): { readonly greeting: unknown; readonly exchanges: readonly Exchange[] } {
  const lines = readFileSync(join(folder, `${name}.txt`), 'utf8').split('\n')
  const exchanges: { request: Exchange['request']; answers: Readonly<Record<string, unknown>>[] }[] = []
  let greeting: unknown = null
  for (const line of lines) {
    const [, side, json] = /^(->|<-) (\{.*\})$/.exec(line) ?? []
    if (json === undefined) continue
    const value = JSON.parse(json)
    if (side === '->') exchanges.push({ request: value, answers: [] })
    else if (exchanges.length === 0) greeting = value
    else exchanges.at(-1)?.answers.push(value)
  }
  return { greeting, exchanges }
}
