import { randomBytes } from 'node:crypto'
import { quoteWord } from '../../exec/quote.ts'
import type { Host, Op } from '../provider.ts'
import { execAnywhere } from './commands.ts'
import { attempt, type Engine } from './engine.ts'

/** A shell in a container and where it wrote its number down: how it is found again, also by a later Berth. */
export interface ShellMark {
  readonly containerId: string
  readonly file: string
  readonly words: readonly string[]
  /** null for the container's own. */
  readonly user: string | null
}

const answerMs = 5_000

/**
 * The number is kept in the container's shared memory, which no snapshot holds. Where that is missing the shell opens all the
 * same, and ends as the engine lets it.
 */
export function markFor(containerId: string, words: readonly string[], user: string | null): ShellMark {
  const file = `/dev/shm/.berth-${randomBytes(8).toString('hex')}`
  return { containerId, file, words, user: user === '' ? null : user }
}

// Only what every shell has built in is used: an image may hold nothing else. Behind the name in a process's line the third
// word is its group, the sixth its terminal's foreground group and the twentieth when it began.
const wordsOf = (pid: string): string => `s=; read -r s </proc/${pid}/stat; set -- \${s##*) }`

/**
 * What is run: the shell, which first writes down its process number and when it began. It goes to the container's own folder
 * itself, where one is given: when that is gone it says so and stays where it is.
 */
export function shellWords({ file, words }: ShellMark, folder: string | null): readonly string[] {
  const note = `{ ${wordsOf('$$')}; echo "$$ \${20}" >${file}; } 2>/dev/null`
  const enter = folder === null ? '' : `cd ${quoteWord(folder)}; `
  return [...words, '-c', `${note}; ${enter}exec ${words.join(' ')}`]
}

/** The command in the shell's foreground; null while it waits for one or when it cannot be told. */
export async function foregroundOf(host: Host, engine: Engine, mark: ShellMark): Promise<string | null> {
  const script = `read p t <${mark.file} && ${wordsOf('$p')} && [ $6 != $3 ] && read c </proc/$6/comm && echo "$c"`
  return (await ask(host, engine, mark, script)) || null
}

/**
 * Hangs the shell up, as closing a terminal does, with all that hears of it: the engine does not end it when its terminal goes.
 * One that ended by itself may have left its number to another process, which is let be.
 */
export async function hangUp(host: Host, engine: Engine, mark: ShellMark): Promise<void> {
  const { file } = mark
  const script = `read p t <${file} && { ${wordsOf('$p')}; [ "\${20}" = "$t" ] && kill -HUP $p; : >${file}; }`
  await ask(host, engine, mark, script)
}

async function ask(host: Host, engine: Engine, mark: ShellMark, script: string): Promise<string> {
  const op: Op = { signal: new AbortController().signal, progress() {}, record() {} }
  const as = mark.user === null ? [] : ['--user', mark.user]
  const args = [...execAnywhere, ...as, mark.containerId, ...mark.words, '-c', `{ ${script}; } 2>/dev/null`]
  const result = await attempt(host, engine, args, op, { timeoutMs: answerMs })
  return result.exitCode === 0 ? result.stdout.trim() : ''
}
