import type { MachineId } from '../../../app/domain/ids.ts'
import type { Host, Op } from '../provider.ts'
import type { Endpoints } from './endpoints.ts'
import { type Engine, type RunOptions, run } from './engine.ts'
import type { Journal } from './journal.ts'
import type { LeftShells } from './left-shells.ts'

/** What the parts of the provider are built from. */
export interface ProviderContext {
  readonly host: Host
  readonly endpoints: Endpoints
  readonly journal: Journal
  readonly leftShells: LeftShells
}

/** The engine and container behind a machine, and how to give that engine commands. */
export interface Target {
  readonly engine: Engine
  readonly containerId: string
  run(args: readonly string[], op: Op, options?: RunOptions): Promise<string>
}

export function targetOf({ host, endpoints }: ProviderContext, id: MachineId): Target {
  const { engine, model } = endpoints.followerOf(id)
  const containerId = model.containerIdOf(id)
  return {
    engine,
    containerId,
    run: (args, op, options) => run(host, engine, args, op, options),
  }
}
