import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdir, readFile, rm } from 'node:fs/promises'
import { connect, type Socket } from 'node:net'
import { createInterface } from 'node:readline'
import { setTimeout as delay } from 'node:timers/promises'

/** A QEMU that nobody looks after, and its monitor. */
export interface BareQemu {
  /** From the start of the process to now. */
  sinceStartMs(): number
  execute(command: string, parameters?: object): Promise<unknown>
  /** Settles when a job has come to its end; rejects with its error. */
  jobEnded(id: string): Promise<void>
  end(): Promise<void>
}

interface Message {
  readonly QMP?: unknown
  readonly return?: unknown
  readonly error?: { readonly desc: string }
  readonly event?: string
  readonly data?: { readonly status?: string; readonly id?: string }
}

/** The command line of the QEMU process whose arguments hold this text. */
export async function commandLineOf(part: string): Promise<readonly string[]> {
  for (const entry of await readdir('/proc')) {
    if (!/^\d+$/.test(entry)) continue
    const line = await readFile(`/proc/${entry}/cmdline`, 'utf8').catch(() => '')
    const words = line.split('\0').slice(0, -1)
    if (/qemu-system-[^/]*$/.test(words[0] ?? '') && words.some((word) => word.includes(part))) return words
  }
  throw new Error(`No QEMU runs with ${part}`)
}

/** Starts exactly what Berth had started and talks to its monitor. */
export async function startBare([file, ...args]: readonly string[]): Promise<BareQemu> {
  const monitor = /(?:^|,)path=([^,]+)/.exec(args.find((word) => word.includes('id=qmp0')) ?? '')?.[1]
  if (file === undefined || monitor === undefined) throw new Error('no monitor in the command line')
  await rm(monitor, { force: true })
  const startedAt = performance.now()
  const child = spawn(file, args, { stdio: ['ignore', 'ignore', 'inherit'] })
  const exited = once(child, 'exit')
  const socket = await reach(monitor, child)
  const messages = createInterface(socket)
  // QEMU ends without a word to its monitor; its exit is what is waited for.
  for (const end of [socket, messages]) end.on('error', () => {})
  const waiting: { readonly fits: (message: Message) => boolean; readonly take: (message: Message) => void }[] = []
  messages.on('line', (line) => {
    const message = JSON.parse(line) as Message
    const index = waiting.findIndex(({ fits }) => fits(message))
    if (index >= 0) waiting.splice(index, 1)[0]?.take(message)
  })
  const next = (fits: (message: Message) => boolean): Promise<Message> =>
    new Promise((take) => waiting.push({ fits, take }))
  const execute = async (command: string, parameters?: object): Promise<unknown> => {
    const answer = next((message) => 'return' in message || 'error' in message)
    socket.write(`${JSON.stringify({ execute: command, ...(parameters ? { arguments: parameters } : {}) })}\n`)
    const { error, return: value } = await answer
    if (error !== undefined) throw new Error(`${command}: ${error.desc}`)
    return value
  }
  await next((message) => 'QMP' in message)
  await execute('qmp_capabilities')
  return {
    sinceStartMs: () => performance.now() - startedAt,
    execute,
    async jobEnded(id) {
      await next(({ event, data }) => event === 'JOB_STATUS_CHANGE' && data?.id === id && data.status === 'concluded')
      const jobs = (await execute('query-jobs')) as readonly { readonly id: string; readonly error?: string }[]
      const error = jobs.find((job) => job.id === id)?.error
      await execute('job-dismiss', { id })
      if (error !== undefined) throw new Error(error)
    },
    async end() {
      socket.write(`${JSON.stringify({ execute: 'quit' })}\n`)
      await exited
      socket.destroy()
    },
  }
}

/** The monitor's socket appears when QEMU is ready to listen, and nothing says so. */
async function reach(path: string, child: ChildProcess): Promise<Socket> {
  for (;;) {
    if (child.exitCode !== null) throw new Error(`QEMU ended with exit code ${child.exitCode}`)
    const socket = await new Promise<Socket | null>((resolve) => {
      const attempt = connect(path, () => resolve(attempt))
      attempt.once('error', () => resolve(null))
    })
    if (socket !== null) return socket
    await delay(1)
  }
}
