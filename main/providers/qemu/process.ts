import { readdir, readFile } from 'node:fs/promises'
import { setTimeout as delay } from 'node:timers/promises'
import type { Host, Op } from '../provider.ts'
import { parseProcStat } from './parse.ts'

/** Who a process is: a number is used again, a number with the moment of its start is not. */
export interface ProcessIdentity {
  readonly pid: number
  /** Opaque; equal only for the same process of the same boot. */
  readonly startTime: string
}

export interface Processes {
  /** null when there is no such process, or only what is left of one that ended. */
  identify(pid: number): Promise<ProcessIdentity | null>
  isAlive(identity: ProcessIdentity): Promise<boolean>
  /** The process that was started with this argument, for one whose number was never written down. */
  findByArgument(argument: string): Promise<ProcessIdentity | null>
  /** Sends a signal if, and only if, it is still the same process. */
  signal(identity: ProcessIdentity, signal: NodeJS.Signals): Promise<void>
  /** False when it is still there after the time. */
  waitGone(identity: ProcessIdentity, limitMs: number): Promise<boolean>
}

const lookEveryMs = 5
const psTimeoutMs = 10_000
/** Looking at processes belongs to no task and is not shown in one. */
const unseen: Pick<Op, 'signal' | 'record'> = { signal: new AbortController().signal, record: () => {} }

export function createProcesses(host: Host): Processes {
  const identify = host.platform === 'linux' ? identifyInProc : identifyByPs(host)

  const processes: Processes = {
    identify,
    async isAlive(identity) {
      return (await identify(identity.pid))?.startTime === identity.startTime
    },
    async findByArgument(argument) {
      const pid = host.platform === 'linux' ? await findInProc(argument) : await findByPs(host, argument)
      return pid === null ? null : identify(pid)
    },
    async signal(identity, signal) {
      if (!(await processes.isAlive(identity))) return
      try {
        process.kill(identity.pid, signal)
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
      }
    },
    async waitGone(identity, limitMs) {
      const until = performance.now() + limitMs
      while (await processes.isAlive(identity)) {
        if (performance.now() >= until) return false
        await delay(lookEveryMs)
      }
      return true
    },
  }
  return processes
}

let bootId: Promise<string> | null = null

async function identifyInProc(pid: number): Promise<ProcessIdentity | null> {
  bootId ??= readFile('/proc/sys/kernel/random/boot_id', 'utf8').then((text) => text.trim())
  const [boot, text] = await Promise.all([bootId, readFile(`/proc/${pid}/stat`, 'utf8').catch(() => null)])
  const stat = text === null ? null : parseProcStat(text)
  // Z: ended, its parent has not looked yet. X: about to be nothing.
  if (stat === null || stat.state === 'Z' || stat.state === 'X') return null
  return { pid, startTime: `${boot}:${stat.startTicks}` }
}

async function findInProc(argument: string): Promise<number | null> {
  for (const name of await readdir('/proc')) {
    if (!/^\d+$/.test(name)) continue
    const words = await readFile(`/proc/${name}/cmdline`, 'utf8').catch(() => '')
    if (words.split('\0').includes(argument) && (await identifyInProc(Number(name))) !== null) return Number(name)
  }
  return null
}

function identifyByPs(host: Host): Processes['identify'] {
  return async (pid) => {
    const args = ['-o', 'state=', '-o', 'lstart=', '-p', String(pid)]
    const result = await host.exec.run({ file: 'ps', args, timeoutMs: psTimeoutMs }, unseen)
    const match = /^\s*(\S)\S*\s+(\S.*?)\s*$/.exec(result.stdout.split('\n')[0] ?? '')
    const [, state, startTime] = match ?? []
    return startTime === undefined || state === 'Z' ? null : { pid, startTime }
  }
}

async function findByPs(host: Host, argument: string): Promise<number | null> {
  const result = await host.exec.run({ file: 'ps', args: ['-axo', 'pid=,command='], timeoutMs: psTimeoutMs }, unseen)
  for (const line of result.stdout.split('\n')) {
    const match = /^\s*(\d+)\s+(.*)$/.exec(line)
    // Words are not told apart here: a uuid is long enough to be one by itself.
    if (match?.[2]?.includes('qemu-system-') && match[2].includes(argument)) return Number(match[1])
  }
  return null
}
