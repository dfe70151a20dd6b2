import { randomBytes } from 'node:crypto'
import type { Host, Op } from '../provider.ts'
import { attempt, type Engine } from './engine.ts'
import type { Shell } from './shell.ts'

/** A terminal's own shell in a container, found again from outside: the engine does not end it when its terminal goes. */
export interface ShellSession {
  /** What is run: the shell, which first writes down its process number. */
  readonly words: readonly string[]
  /** The command in its foreground; null while it waits for one or when it cannot be told. */
  foreground(): Promise<string | null>
  /** Hangs it up, as closing a terminal does, with all that hears of it. */
  leave(): Promise<void>
}

const answerMs = 5_000

/**
 * The number is kept in the container's shared memory, which no snapshot holds. Where that is missing the shell opens all the
 * same, and ends as the engine lets it. Only what every shell has built in is used: an image may hold nothing else.
 */
export function createShellSession(
  host: Host,
  engine: Engine,
  containerId: string,
  shell: Shell,
  user: string | null,
): ShellSession {
  const file = `/dev/shm/.berth-${randomBytes(8).toString('hex')}`
  const ask = async (script: string): Promise<string> => {
    const op: Op = { signal: new AbortController().signal, progress() {}, record() {} }
    const as = user === null || user === '' ? [] : ['--user', user]
    const args = ['exec', ...as, containerId, ...shell.words, '-c', script]
    const result = await attempt(host, engine, args, op, { timeoutMs: answerMs })
    return result.exitCode === 0 ? result.stdout.trim() : ''
  }
  return {
    words: [...shell.words, '-c', `{ echo $$ >${file}; } 2>/dev/null; exec ${shell.words.join(' ')}`],
    async foreground() {
      // The sixth word behind the name is the terminal's foreground group, the third the shell's own.
      const script = `read p <${file} && read s </proc/$p/stat && set -- \${s##*) } && [ $6 != $3 ] && read c </proc/$6/comm && echo "$c"`
      return (await ask(`{ ${script}; } 2>/dev/null`)) || null
    },
    async leave() {
      await ask(`{ read p <${file} && kill -HUP $p; : >${file}; } 2>/dev/null`)
    },
  }
}
