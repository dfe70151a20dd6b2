import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import type { TaskId } from '../../../app/domain/ids.ts'
import type { Task } from '../../../app/domain/task.ts'
import { connectTo, type TestClient } from '../client.ts'

const root = fileURLToPath(new URL('../../..', import.meta.url))

/** One thing a person does, in the middle of which Berth may be killed. */
export interface Act {
  readonly verb: string
  /** For the report: what was done to what. */
  readonly title: string
  readonly begin: (client: TestClient) => Promise<TaskId>
}

/** A world of real machines that keeps in mind what must still be there after any crash. */
export interface Scenario {
  readonly home: string
  readonly env: Readonly<Record<string, string>>
  /** Makes the first machines. */
  readonly prepare: (client: TestClient) => Promise<void>
  readonly choose: (random: Random) => Promise<Act>
  /**
   * Compares what is there with what must be: an act that was cut short may be done or not done, never half. `done` is the
   * task when it ended by itself. What is found becomes what is expected next.
   */
  readonly check: (client: TestClient, act: Act, done: Task | null) => Promise<readonly string[]>
  readonly close: () => Promise<void>
}

export interface CrashOptions {
  readonly scenario: Scenario
  /** How many times Berth is killed. */
  readonly moments: number
  readonly seed: number
  readonly say: (line: string) => void
  /** The built web way in. */
  readonly servePath?: string
  /** Ends the loop after the present turn; everything it started is ended too. */
  readonly signal?: AbortSignal
}

export interface CrashReport {
  readonly kills: number
  /** Acts that were let end between the kills, to see that what was left still works. */
  readonly calm: number
  readonly killedIn: Readonly<Record<string, number>>
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

const usualMs = 400
/** Every so many acts one is let end. */
const calmEvery = 4
const lastWordsLength = 4_000
/** An act that has not ended by then hangs. */
const patienceMs = 90_000

/** Kills Berth at random moments of random acts, starts it again and looks at what is left. */
export async function crashLoop({
  scenario,
  moments,
  seed,
  say,
  servePath,
  signal,
}: CrashOptions): Promise<CrashReport> {
  const random = randomFrom(seed)
  const findings: string[] = []
  const killedIn: Record<string, number> = {}
  const tookMs = new Map<string, number>()
  const start = (): Promise<RunningBerth> => startBerth(scenario, servePath)
  let kills = 0
  let calm = 0
  let berth = await start()
  try {
    await scenario.prepare(berth.client)
    for (let turn = 1; kills < moments && signal?.aborted !== true; turn += 1) {
      const act = await scenario.choose(random)
      const letEnd = turn % calmEvery === 0 || !tookMs.has(act.verb)
      const began = performance.now()
      const ended = act.begin(berth.client).then((id) => berth.client.ended(id))
      ended.catch(() => {})
      let done: Task | null = null
      if (letEnd) {
        calm += 1
        done = await Promise.race([ended, delay(patienceMs, null, { ref: false })])
        if (done === null) findings.push(`${act.title}: had not ended after ${patienceMs / 1000} s`)
        else if (done.state !== 'succeeded') findings.push(`${act.title}: ${done.state} ${JSON.stringify(done.error)}`)
        tookMs.set(act.verb, performance.now() - began)
      } else {
        const atMs = random() * (tookMs.get(act.verb) ?? usualMs) * 1.2
        done = await Promise.race([ended.catch(() => null), delay(atMs, null)])
        await berth.kill()
        kills += 1
        killedIn[act.verb] = (killedIn[act.verb] ?? 0) + 1
        say(`${kills}: killed ${Math.round(atMs)} ms into ${act.title}${done === null ? '' : ' (it was done)'}`)
        berth = await start()
      }
      const wrong = await scenario.check(berth.client, act, done)
      for (const line of wrong) say(`   WRONG after ${act.title}: ${line}`)
      if (wrong.length > 0) say(berth.lastWords())
      findings.push(...wrong.map((line) => `after ${act.title} (seed ${seed}, turn ${turn}): ${line}`))
    }
  } finally {
    await berth.kill()
    await scenario.close()
  }
  return { kills, calm, killedIn, findings }
}

interface RunningBerth {
  readonly client: TestClient
  /** The end of what it complained of. */
  readonly lastWords: () => string
  readonly kill: () => Promise<void>
}

/** Starts the web way in and waits until it has looked at everything. */
async function startBerth({ home, env }: Scenario, servePath = join(root, 'out/main/serve.js')): Promise<RunningBerth> {
  const server = spawn(process.execPath, [servePath], {
    cwd: root,
    env: { ...process.env, ...env, BERTH_HOME: home },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const exited = once(server, 'exit')
  let output = ''
  const address = await new Promise<string>((resolve, reject) => {
    const read = (bytes: Buffer): void => {
      output += bytes.toString()
      const found = /http:\/\/\S+(?=\s)/.exec(output)
      if (found !== null) resolve(found[0])
    }
    server.stdout.on('data', read)
    server.stderr.on('data', read)
    server.once('exit', (code) => reject(new Error(`Berth ended with ${code}: ${output}`)))
  })
  const client = await connectTo(address)
  await client.call('inventory.refresh')
  return {
    client,
    lastWords: () => output.slice(-lastWordsLength),
    async kill() {
      server.kill('SIGKILL')
      await exited
    },
  }
}
