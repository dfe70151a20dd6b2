import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { type AppError, errorOf } from '../../app/domain/errors.ts'
import type { EndpointId, MachineId } from '../../app/domain/ids.ts'
import { isBusy, type Machine } from '../../app/domain/machine.ts'
import type { Capability } from '../../app/domain/provider.ts'
import { defaultSettings } from '../../app/domain/settings.ts'
import type { CreateSpec } from '../../app/domain/spec.ts'
import type { CommandRecord, Progress } from '../../app/domain/task.ts'
import { createToolFinder } from '../../main/exec/find-tool.ts'
import { createRunner } from '../../main/exec/run.ts'
import type { Log } from '../../main/log.ts'
import type { Facets, Host, Op, Provider } from '../../main/providers/provider.ts'

/** One started provider with what a test needs to know about its real world. */
export interface Ground {
  readonly provider: Provider
  readonly endpointId: EndpointId
  /** Of a new machine whose name holds this one, whose guest answers a request to shut down and takes commands. */
  readonly spec: (name: string) => CreateSpec
  /** Puts a text where the machine's snapshots hold it. The machine runs. */
  readonly write: (id: MachineId, text: string) => Promise<void>
  /** The text written last, as the running machine has it now; empty when there is none. */
  readonly read: (id: MachineId) => Promise<string>
  /** Ends the machine as someone else would: past the provider. */
  readonly stopOutside: (id: MachineId) => Promise<void>
  /** Disposes the provider, removes everything that was made and says what is still there of it: processes, sockets, handles. */
  readonly leave: () => Promise<readonly string[]>
}

export interface Setup {
  /** Why this provider cannot be tested here; null when it can. */
  readonly missing: string | null
  readonly start: () => Promise<Ground>
  /** The facets it must have, no more and no fewer: what it lacks is not tested and not counted as skipped. */
  readonly facets: readonly Capability[]
  /** Its machines have files of their own on this computer. */
  readonly hasFiles?: true
  /** How long the slowest method may take before a cancel must have ended it. */
  readonly promptMs: number
}

export interface Watched extends Op {
  readonly steps: Progress[]
  readonly commands: CommandRecord[]
  /** Settles at the first progress, or never. */
  readonly begun: Promise<void>
}

/** What one piece of work is given, with everything it says kept. */
export function op(signal: AbortSignal = AbortSignal.timeout(110_000)): Watched {
  const steps: Progress[] = []
  const commands: CommandRecord[] = []
  let begin = (): void => {}
  const begun = new Promise<void>((resolve) => {
    begin = resolve
  })
  return {
    signal,
    steps,
    commands,
    begun,
    progress(step) {
      steps.push(step)
      begin()
    },
    record: (command) => void commands.push(command),
  }
}

const silent: Log = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} }

/** A host whose folders are all in a new temporary one. */
export async function temporaryHost(
  log: Log = silent,
): Promise<{ host: Host; folder: string; remove: () => Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), 'berth-c-'))
  const exec = createRunner(log)
  const tools = createToolFinder({
    exec,
    toolPaths: () => ({}),
    platform: process.platform,
    env: process.env,
  })
  const host: Host = {
    exec,
    findTool: tools.findTool,
    findTools: tools.findTools,
    now: () => new Date(),
    dataDir: join(folder, 'data'),
    cacheDir: join(folder, 'cache'),
    runtimeDir: join(folder, 'run'),
    log,
    settings: () => defaultSettings,
    platform: process.platform,
  }
  return { host, folder, remove: () => rm(folder, { recursive: true, force: true, maxRetries: 10 }) }
}

/** Makes a machine; it is stopped. */
export function make(ground: Ground, name: string): Promise<MachineId> {
  return facet(ground, 'create').create(ground.spec(name), op())
}

/** The error a promise ends with; fails when it does not. */
export async function errorFrom(promise: Promise<unknown>): Promise<AppError> {
  const settled = await promise.then(
    (value) => ({ value }),
    (thrown: unknown) => ({ thrown }),
  )
  if ('value' in settled) throw new Error(`succeeded with ${JSON.stringify(settled.value)} where a failure was due`)
  return errorOf(settled.thrown)
}

/** A facet that the setup said is there. */
export function facet<C extends Capability>(ground: Ground, name: C): Facets[C] {
  const found = ground.provider[name]
  if (found === undefined) throw new Error(`${ground.provider.id} has no ${name}`)
  return found as Facets[C]
}

/** A machine that must be there, looked at afresh. */
export async function readNow(ground: Ground, id: MachineId): Promise<Machine> {
  const machine = await ground.provider.read(id, op())
  if (machine === null) throw new Error(`${id} is gone`)
  return machine
}

/** The machine once it is in a steady state. */
export async function steady(ground: Ground, id: MachineId): Promise<Machine> {
  for (;;) {
    const machine = await readNow(ground, id)
    if (!isBusy(machine.state)) return machine
    await delay(50)
  }
}

/** Waits until `check` holds, looking again whenever the provider says that something changed. */
export async function seen(ground: Ground, check: () => Promise<boolean>, timeoutMs = 20_000): Promise<void> {
  let again = (): void => {}
  const stop = ground.provider.watch(() => again())
  const deadline = Date.now() + timeoutMs
  try {
    while (!(await check())) {
      if (Date.now() > deadline) throw new Error('nothing of it was seen in time')
      await Promise.race([
        new Promise<void>((resolve) => {
          again = resolve
        }),
        delay(250),
      ])
    }
  } finally {
    stop()
  }
}
