import { watch } from 'node:fs'
import { readFile, stat } from 'node:fs/promises'
import { connect } from 'node:net'
import { dirname } from 'node:path'

/** Types into a serial line's socket and gives what is answered until it matches: only what comes from now on. */
export function askLine(path: string, typed: string, answer: RegExp, timeoutMs = 30_000): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(path)
    let said = ''
    const end = (finish: () => void): void => {
      clearTimeout(timer)
      socket.once('close', finish)
      socket.destroy()
    }
    const timer = setTimeout(
      () => end(() => reject(new Error(`waited for ${answer}, heard ${JSON.stringify(said.slice(-400))}`))),
      timeoutMs,
    )
    socket.setEncoding('utf8')
    socket.once('connect', () => socket.write(typed))
    socket.once('error', (error) => end(() => reject(error)))
    socket.on('data', (data) => {
      said += data.toString()
      const match = answer.exec(said)
      if (match !== null) end(() => resolve(match[1] ?? said))
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
