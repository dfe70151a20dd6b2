import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import type { Machine } from '../../../app/domain/machine.ts'
import { defaultSettings } from '../../../app/domain/settings.ts'
import type { CommandRecord, Progress } from '../../../app/domain/task.ts'
import { createToolFinder } from '../../../main/exec/find-tool.ts'
import { createRunner } from '../../../main/exec/run.ts'
import type { Log } from '../../../main/log.ts'
import { createDockerProvider } from '../../../main/providers/docker/provider.ts'
import type { Host, Op, Provider, ProviderChange } from '../../../main/providers/provider.ts'
import { type Dockerd, startDockerd } from '../../support/dockerd.ts'

/** Enough for the looks that follow a change, on the busiest computer; too few for one that looks again and again to be lucky. */
const maxQuietTries = 8

const silent: Log = { debug() {}, info() {}, warn() {}, error() {} }

/** A docker provider on a daemon of the test's own, and no podman unless it is asked for. */
export interface DockerWorld {
  readonly daemon: Dockerd
  readonly provider: Provider
  readonly endpointId: `docker:${string}`
  readonly changes: ProviderChange[]
  readonly processes: string[]
  readonly home: string
  readonly host: Host
  /** A provider that begins anew over the same folders, as after a restart of Berth. */
  again(): Promise<Provider>
  /** Settles when a change that fits has come, now or later. */
  until(fits: (change: ProviderChange) => boolean): Promise<ProviderChange>
  machine(name: string): Promise<Machine>
  /** Waits until the provider has started no process for so long, and forgets those before. */
  quiet(forMs: number): Promise<void>
  close(): Promise<void>
}

export interface RecordingOp extends Op {
  readonly steps: Progress[]
  readonly records: CommandRecord[]
  readonly abort: () => void
}

export function createOp(): RecordingOp {
  const controller = new AbortController()
  const steps: Progress[] = []
  const records: CommandRecord[] = []
  return {
    signal: controller.signal,
    progress: (step) => steps.push(step),
    record: (command) => records.push(command),
    steps,
    records,
    abort: () => controller.abort(),
  }
}

export async function openDockerWorld(): Promise<DockerWorld> {
  const daemon = await startDockerd()
  await daemon.importBusybox()
  const home = await mkdtemp(join(tmpdir(), 'berth-docker-'))
  process.env['DOCKER_CONFIG'] = daemon.env.DOCKER_CONFIG
  const processes: string[] = []
  const log: Log = {
    ...silent,
    info: (event, fields) => {
      if (event === 'process.ended') processes.push(String(fields?.['line']))
    },
  }
  const host = createTestHost(home, log, ['docker'])
  const changes: ProviderChange[] = []
  const listeners = new Set<() => void>()
  const providers: Provider[] = []
  const open = async (): Promise<Provider> => {
    for (const old of providers.splice(0)) await old.dispose()
    const provider = createDockerProvider(host)
    providers.push(provider)
    await provider.recover(createOp())
    provider.watch((change) => {
      changes.push(change)
      for (const listener of listeners) listener()
    })
    await provider.probe(createOp())
    return provider
  }
  const provider = await open()
  const endpointId = `docker:${daemon.context}` as const
  await provider.list(endpointId, createOp())
  return {
    daemon,
    provider,
    endpointId,
    changes,
    processes,
    home,
    host,
    again: open,
    until: (fits) =>
      new Promise((resolve) => {
        const look = (): void => {
          const found = changes.find(fits)
          if (found === undefined) return
          listeners.delete(look)
          resolve(found)
        }
        listeners.add(look)
        look()
      }),
    async machine(name) {
      const machines = await (providers[0] ?? provider).list(endpointId, createOp())
      const found = machines.find((machine) => machine.name === name)
      if (found === undefined) throw new Error(`no ${name} among ${machines.map((machine) => machine.name).join(', ')}`)
      return found
    },
    async quiet(forMs) {
      for (let tries = 0; tries < maxQuietTries; tries += 1) {
        processes.length = 0
        await delay(forMs)
        if (processes.length === 0) return
      }
      throw new Error(`no ${forMs} ms without a process; the last: ${processes.join(', ')}`)
    },
    async close() {
      for (const old of providers) await old.dispose()
      await daemon.close()
      await rm(home, { recursive: true, force: true })
    },
  }
}

/** The real world, but for folders and for which tools there are. */
export function createTestHost(home: string, log: Log, tools: readonly string[]): Host {
  const exec = createRunner(log)
  const finder = createToolFinder({ exec, toolPaths: () => ({}), platform: process.platform, env: process.env })
  return {
    exec,
    findTool: async (name) => (tools.includes(name) ? finder.findTool(name) : null),
    findTools: finder.findTools,
    now: () => new Date(),
    dataDir: join(home, 'data'),
    cacheDir: join(home, 'cache'),
    runtimeDir: join(home, 'run'),
    log,
    settings: () => defaultSettings,
    platform: process.platform,
  }
}

/** A command that ends at once when it is asked to. */
export const patient = ['sh', '-c', 'trap "exit 0" TERM; while :; do sleep 0.1; done'] as const
