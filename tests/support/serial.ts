import { watch } from 'node:fs'
import { readFile, stat } from 'node:fs/promises'
import { connect } from 'node:net'
import { dirname } from 'node:path'

/** Nothing that was waited for came; `asked` of the lines before it were answered. */
export class Unanswered extends Error {
  constructor(
    message: string,
    readonly asked: number,
  ) {
    super(message)
  }
}

/**
 * Types lines into a serial line's socket, each once the one before was answered, and gives what the last was answered with:
 * the answer's first group, or all that was said since it was typed.
 */
export function askLine(
  path: string,
  typed: readonly string[],
  answers: readonly RegExp[],
  timeoutMs = 30_000,
): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(path)
    let said = ''
    let asked = 0
    let timer: NodeJS.Timeout | undefined
    const end = (finish: () => void): void => {
      clearTimeout(timer)
      socket.once('close', finish)
      socket.destroy()
    }
    const ask = (): void => {
      said = ''
      timer = setTimeout(
        () =>
          end(() =>
            reject(new Unanswered(`waited for ${answers[asked]}, heard ${JSON.stringify(said.slice(-400))}`, asked)),
          ),
        timeoutMs,
      )
      socket.write(typed[asked] ?? '')
    }
    socket.setEncoding('utf8')
    socket.once('connect', ask)
    socket.on('error', (error) => end(() => reject(error)))
    socket.on('data', (data) => {
      said += data.toString()
      const match = answers[asked]?.exec(said)
      if (match === null || match === undefined) return
      clearTimeout(timer)
      asked += 1
      if (asked < typed.length) ask()
      else end(() => resolve(match[1] ?? said))
    })
  })
}

/** Waits until a growing file says something after a position. */
export async function waitInFile(path: string, from: number, pattern: RegExp, timeoutMs = 30_000): Promise<void> {
  let changed = (): void => {}
  const watcher = watch(dirname(path), () => changed())
  const deadline = Date.now() + timeoutMs
  try {
    for (;;) {
      const next = new Promise<void>((resolve) => {
        changed = resolve
        setTimeout(resolve, 200)
      })
      const text = (await readFile(path).catch(() => Buffer.alloc(0))).subarray(from).toString()
      if (pattern.test(text)) return
      if (Date.now() > deadline) throw new Error(`waited for ${pattern} in ${path}, read ${JSON.stringify(text)}`)
      await next
    }
  } finally {
    watcher.close()
  }
}

/** Bytes in a file now; 0 when there is none. */
export async function fileSize(path: string): Promise<number> {
  return stat(path).then(
    ({ size }) => size,
    () => 0,
  )
}
