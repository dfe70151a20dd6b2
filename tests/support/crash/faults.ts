import { setTimeout as delay } from 'node:timers/promises'
import type { Task } from '../../../app/domain/task.ts'
import type { RunningBerth } from './berth.ts'
import type { Random, Scenario } from './loop.ts'

/** One act under way, in the middle of which something goes wrong. */
export interface Turn {
  readonly scenario: Scenario
  readonly berth: RunningBerth
  readonly start: () => Promise<RunningBerth>
  /** Settles when the act has ended by itself; null when the line to Berth closed. */
  readonly ended: Promise<Task | null>
  /** How long the act takes when nothing goes wrong. */
  readonly usualMs: number
  readonly random: Random
}

/** What is there after a fault. */
export interface Struck {
  /** What was done, and when: for the report. */
  readonly title: string
  readonly berth: RunningBerth
  /** The act, if it ended before the fault, or in spite of it. */
  readonly done: Task | null
  /** Whether machines that were up may be off. */
  readonly stopsMachines: boolean
  /** There was nothing to strike: it does not count. */
  readonly isMissed?: boolean
  readonly findings: readonly string[]
}

/** Something that goes wrong in the world around Berth, or with Berth itself. */
export interface Fault {
  /** For Node, where Berth must be started in another way. */
  readonly nodeArguments?: readonly string[]
  /** Where Berth's files must be for it to strike them. */
  readonly folder?: string
  /** Whether the tool's own files must be there too; those of QEMU are Berth's. */
  readonly strikesTool?: boolean
  /** Called once the scenario has chosen what is done, before it is begun. */
  readonly ready?: () => void
  readonly strike: (turn: Turn) => Promise<Struck>
  readonly close: () => Promise<void>
}

/** An act that has not ended by then hangs. */
export const patienceMs = 90_000

const toolPollMs = 5

/** A moment of an act, or a little after it; what the act had come to by then. */
export async function randomMoment({ ended, usualMs, random }: Turn): Promise<{ atMs: number; done: Task | null }> {
  const atMs = random() * usualMs * 1.2
  const done = await Promise.race([ended, delay(atMs, null)])
  return { atMs: Math.round(atMs), done }
}

/** What an act comes to in spite of a fault; what hangs is a finding. */
export async function endOf(ended: Promise<Task | null>): Promise<{ done: Task | null; findings: readonly string[] }> {
  const hangs = Symbol('hangs')
  const done = await Promise.race([ended, delay(patienceMs, hangs, { ref: false })])
  if (typeof done !== 'symbol') return { done, findings: [] }
  return { done: null, findings: [`had not ended ${patienceMs / 1000} s after the fault`] }
}

/** Berth is killed. */
export function killedBerth(): Fault {
  return {
    async strike(turn) {
      const { atMs, done } = await randomMoment(turn)
      await turn.berth.kill()
      const title = `killed ${atMs} ms into it`
      return { title, berth: await turn.start(), done, stopsMachines: false, findings: [] }
    },
    close: async () => {},
  }
}

/** One process of the tool is killed, and Berth goes on. */
export function killedTool(): Fault {
  return {
    async strike(turn) {
      const { scenario, random, berth, ended, usualMs } = turn
      const beganMs = performance.now()
      let hasEnded = false
      void ended.then(() => {
        hasEnded = true
      })
      await Promise.race([ended, delay(random() * usualMs)])
      // A tool that works for a few milliseconds is waited for.
      let processes = await scenario.toolProcesses()
      while (processes.length === 0 && !hasEnded) {
        await delay(toolPollMs)
        processes = await scenario.toolProcesses()
      }
      // Each program of the tool as often, however many processes of it there are.
      const names = [...new Set(processes.map(({ name }) => name))]
      const name = names[Math.floor(random() * names.length)]
      const those = processes.filter((process) => process.name === name)
      const one = those[Math.floor(random() * those.length)]
      if (one !== undefined) killed(one.pid)
      const atMs = Math.round(performance.now() - beganMs)
      const title = one === undefined ? 'no tool was at work' : `${one.name} killed ${atMs} ms into it`
      const { done, findings } = await endOf(ended)
      await scenario.revive()
      await berth.client.call('inventory.refresh')
      return { title, berth, done, stopsMachines: true, isMissed: one === undefined, findings }
    },
    close: async () => {},
  }
}

export function killed(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch (error) {
    // It has just ended by itself.
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
  }
}
