import type { MachineId } from '../../../app/domain/ids.ts'
import type { Machine } from '../../../app/domain/machine.ts'
import type { Log } from '../../../main/log.ts'
import type { Provider, ProviderChange } from '../../../main/providers/provider.ts'
import { createVirtualBoxProvider } from '../../../main/providers/virtualbox/provider.ts'
import { op, temporaryHost } from '../../conformance/ground.ts'
import { type Lab, openLab } from '../../support/virtualbox-lab.ts'

/** A lab and a provider that looks at it, with what it says and starts. */
export interface LabGround {
  readonly lab: Lab
  readonly provider: Provider
  readonly idOf: (uuid: string) => MachineId
  readonly machine: (uuid: string) => Promise<Machine>
  /** Everything told since the beginning, with when, in milliseconds of `performance.now()`. */
  readonly told: readonly { readonly atMs: number; readonly change: ProviderChange }[]
  /** When a change that fits was told first since `since`; waits for it. */
  readonly heard: (since: number, fits: (change: ProviderChange) => boolean, limitMs?: number) => Promise<number>
  /** Command lines of the processes that the provider started. */
  readonly started: readonly string[]
  readonly leave: () => Promise<readonly string[]>
}

export async function labGround(name: string): Promise<LabGround> {
  const lab = await openLab(name)
  const started: string[] = []
  const log: Log = {
    debug: () => {},
    info: (event, data) => {
      if (event === 'process.ended') started.push(String((data as { line: unknown }).line))
    },
    warn: () => {},
    error: () => {},
  }
  const { host, remove } = await temporaryHost(log)
  const provider = createVirtualBoxProvider(host)
  const told: { atMs: number; change: ProviderChange }[] = []
  const waiting = new Set<() => void>()
  provider.watch((change) => {
    told.push({ atMs: performance.now(), change })
    for (const look of [...waiting]) look()
  })
  await provider.list('virtualbox:local', op())

  return {
    lab,
    provider,
    idOf: (uuid) => `virtualbox:${uuid}`,
    async machine(uuid) {
      const machine = await provider.read(`virtualbox:${uuid}`, op())
      if (machine === null) throw new Error(`${uuid} is gone`)
      return machine
    },
    told,
    heard: (since, fits, limitMs = 20_000) =>
      new Promise((resolve, reject) => {
        const end = (finish: () => void): void => {
          clearTimeout(timer)
          waiting.delete(look)
          finish()
        }
        const look = (): void => {
          const found = told.find(({ atMs, change }) => atMs >= since && fits(change))
          if (found !== undefined) end(() => resolve(found.atMs))
        }
        const timer = setTimeout(() => {
          const last = told.slice(-5).map(({ change }) => JSON.stringify(change).slice(0, 300))
          end(() => reject(new Error(`not heard in time; last:\n${last.join('\n')}`)))
        }, limitMs)
        waiting.add(look)
        look()
      }),
    started,
    async leave() {
      await provider.dispose()
      const left = await lab.leave()
      await remove()
      return left
    },
  }
}

/** An upsert of this machine in this state. */
export function isNow(uuid: string, state: Machine['state']): (change: ProviderChange) => boolean {
  return (change) =>
    change.kind === 'upsert' && change.machine.id === `virtualbox:${uuid}` && change.machine.state === state
}
