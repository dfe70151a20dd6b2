import { connect } from 'node:net'
import type { ConsoleTarget } from '../../main/console/target.ts'

/** One side of a console, for a test that types and waits for an answer. */
export interface Talk {
  readonly type: (text: string) => void
  /** Everything said so far once it matches; fails after `timeoutMs`. */
  readonly until: (pattern: RegExp, timeoutMs?: number) => Promise<string>
  readonly end: () => Promise<void>
}

/** Opens a console's socket. */
export function talkTo(target: ConsoleTarget): Promise<Talk> {
  if (target.kind !== 'socket') throw new Error(`no way yet to talk to a console of kind ${target.kind}`)
  return new Promise((resolve, reject) => {
    const socket = connect(target.path)
    let said = ''
    let look = (): void => {}
    socket.setEncoding('utf8')
    socket.on('data', (data) => {
      said += data.toString()
      look()
    })
    socket.once('error', reject)
    socket.once('connect', () =>
      resolve({
        type: (text) => void socket.write(text),
        until: (pattern, timeoutMs = 20_000) =>
          new Promise((found, failed) => {
            const timer = setTimeout(() => {
              failed(new Error(`waited for ${pattern}, heard ${JSON.stringify(said.slice(-400))}`))
            }, timeoutMs)
            look = () => {
              if (!pattern.test(said)) return
              clearTimeout(timer)
              const whole = said
              said = ''
              found(whole)
            }
            look()
          }),
        end: () =>
          new Promise((ended) => {
            socket.once('close', () => ended())
            socket.end()
            socket.destroy()
          }),
      }),
    )
  })
}
