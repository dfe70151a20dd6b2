import type { TaskId } from '../../../app/domain/ids.ts'
import type { Task } from '../../../app/domain/task.ts'
import type { TestClient } from '../client.ts'
import { type RunningBerth, startBerth } from './berth.ts'
import { endOf, type Fault, killedBerth } from './faults.ts'

/** One thing a person does, in the middle of which Berth may be killed. */
export interface Act {
  readonly verb: string
  /** For the report: what was done to what. */
  readonly title: string
  readonly begin: (client: TestClient) => Promise<TaskId>
}

export interface ToolProcess {
  readonly pid: number
  readonly name: string
}

/** A world of real machines that keeps in mind what must still be there after any crash. */
export interface Scenario {
  readonly home: string
  readonly env: Readonly<Record<string, string>>
  /** Makes the first machines. */
  readonly prepare: (client: TestClient) => Promise<void>
  readonly choose: (random: Random, client: TestClient) => Promise<Act>
  /**
   * Compares what is there with what must be: an act that was cut short may be done or not done, never half. `done` is the
   * task when it ended by itself. What is found becomes what is expected next.
   */
  readonly check: (
    client: TestClient,
    act: Act,
    done: Task | null,
    stopsMachines: boolean,
  ) => Promise<readonly string[]>
  /** Called as the power goes: what guests say from here on is said by nobody. */
  readonly cut?: () => void
  /** Processes of the tool that belong to it. */
  readonly toolProcesses: () => Promise<readonly ToolProcess[]>
  /** Starts again what of the tool does not start by itself. */
  readonly revive: () => Promise<void>
  readonly close: () => Promise<void>
}

export interface CrashOptions {
  readonly scenario: Scenario
  /** What goes wrong; Berth is killed unless told otherwise. Closed at the end. */
  readonly fault?: Fault
  /** How many times it does. */
  readonly moments: number
  readonly seed: number
  readonly say: (line: string) => void
  /** The built web way in. */
  readonly servePath?: string
  /** Ends the loop after the present turn; everything it started is ended too. */
  readonly signal?: AbortSignal
}

export interface CrashReport {
  readonly struck: number
  /** Acts that were let end between them, to see that what was left still works. */
  readonly calm: number
  readonly struckIn: Readonly<Record<string, number>>
  readonly findings: readonly string[]
}

export type Random = () => number

/** The same numbers for the same seed, so that a bad run can be had again. */
export function randomFrom(seed: number): Random {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}

/** Every so many acts one is let end, the second first: a round of two moments has one. */
const calmEvery = 4
/** Turns for each moment, of which some have nothing to strike. */
const maxTurnsEach = 6
/** How long an act is taken to last until one of its kind was let end. */
const untimedMs = 400

/** Lets something go wrong at random moments of random acts and looks at what is left. */
export async function crashLoop({
  scenario,
  fault = killedBerth(),
  moments,
  seed,
  say,
  servePath,
  signal,
}: CrashOptions): Promise<CrashReport> {
  const random = randomFrom(seed)
  const findings: string[] = []
  const struckIn: Record<string, number> = {}
  const tookMs = new Map<string, number>()
  const start = (): Promise<RunningBerth> =>
    startBerth({
      home: scenario.home,
      env: scenario.env,
      nodeArguments: fault.nodeArguments ?? [],
      ...(servePath === undefined ? {} : { servePath }),
    })
  let struck = 0
  let calm = 0
  /** What a killed tool takes down with it may end a turn later: VirtualBox's machines see by and by that their service is gone. */
  let endsLate = false
  let berth = await start()
  try {
    await scenario.prepare(berth.client)
    for (let turn = 1; struck < moments && turn < moments * maxTurnsEach && signal?.aborted !== true; turn += 1) {
      const act = await scenario.choose(random, berth.client)
      fault.ready?.()
      const usualMs = tookMs.get(act.verb) ?? untimedMs
      const began = performance.now()
      const ended = act
        .begin(berth.client)
        .then((id) => berth.client.ended(id))
        .catch(() => null)
      let done: Task | null
      let stopsMachines = false
      if (turn % calmEvery === 2) {
        calm += 1
        const end = await endOf(ended)
        done = end.done
        if (done === null) findings.push(...end.findings.map((line) => `${act.title}: ${line}`))
        else if (done.state !== 'succeeded') findings.push(`${act.title}: ${done.state} ${JSON.stringify(done.error)}`)
        tookMs.set(act.verb, performance.now() - began)
      } else {
        const hit = await fault.strike({ scenario, berth, start, ended, usualMs, random })
        if (hit.isMissed !== true) {
          struck += 1
          struckIn[act.verb] = (struckIn[act.verb] ?? 0) + 1
        }
        berth = hit.berth
        done = hit.done
        stopsMachines = hit.stopsMachines
        say(`${struck}: ${hit.title}: ${act.title}${done === null ? '' : ` (${outcomeOf(done)})`}`)
        if (done?.error?.code === 'bug') findings.push(`${act.title} (seed ${seed}, turn ${turn}): ${outcomeOf(done)}`)
        for (const line of hit.findings) say(`   WRONG in ${act.title}: ${line}`)
        findings.push(...hit.findings.map((line) => `in ${act.title} (seed ${seed}, turn ${turn}): ${line}`))
      }
      const wrong = await scenario.check(berth.client, act, done, stopsMachines || endsLate)
      endsLate = stopsMachines
      for (const line of wrong) say(`   WRONG after ${act.title}: ${line}`)
      if (wrong.length > 0) say(berth.lastWords())
      findings.push(...wrong.map((line) => `after ${act.title} (seed ${seed}, turn ${turn}): ${line}`))
    }
  } finally {
    await berth.kill()
    await scenario.close()
    await fault.close()
  }
  return { struck, calm, struckIn, findings }
}

function outcomeOf({ state, error }: Task): string {
  return error === null ? state : `${state}: ${error.code} ${JSON.stringify(error.message)}`
}
