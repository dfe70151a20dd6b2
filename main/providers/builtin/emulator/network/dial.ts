import { connect, type Socket } from 'node:net'
import type { Way } from './reach.ts'

const connectMs = 30_000

export interface Dialling {
  /** Gives it up. */
  cancel(): void
}

/** Connects to the first address of a way that answers. The socket does not flow yet. */
export function dial(
  way: Way,
  port: number,
  done: { readonly connected: (socket: Socket) => void; readonly failed: (isRefused: boolean) => void },
): Dialling {
  let socket: Socket | null = null
  let isOver = false

  const attempt = ([host, ...others]: readonly string[], isRefused: boolean): void => {
    if (isOver) return
    if (host === undefined) {
      isOver = true
      done.failed(isRefused)
      return
    }
    const trial = connect({ host, port, allowHalfOpen: true })
    socket = trial
    const next = (isRefused: boolean): void => {
      clearTimeout(limit)
      trial.destroy()
      attempt(others, isRefused)
    }
    const limit = setTimeout(() => next(false), connectMs)
    const fail = ({ code }: NodeJS.ErrnoException): void =>
      next(isRefused || code === 'ECONNREFUSED' || code === 'ECONNRESET')
    trial.once('error', fail)
    trial.once('connect', () => {
      clearTimeout(limit)
      trial.off('error', fail)
      isOver = true
      done.connected(trial)
    })
  }
  attempt(way, false)
  return {
    cancel() {
      isOver = true
      socket?.destroy()
    },
  }
}
