import { availableParallelism, totalmem } from 'node:os'
import type { MachineConfiguration } from '../../../app/domain/spec.ts'
import { MiB } from '../../../app/domain/units.ts'
import type { ConfigureOps } from '../provider.ts'
import * as commands from './commands.ts'
import { canChangeRestart } from './podman.ts'
import { type ProviderContext, targetOf } from './provider-context.ts'

/** What `docker update` takes; all of it works on a running container. */
export function createConfigure(context: ProviderContext): ConfigureOps {
  return {
    async read(id, op) {
      const { container } = await context.endpoints.inspect(id, op)
      return {
        fields: [
          'cpus',
          'memoryBytes',
          ...(canChangeRestart(targetOf(context, id).engine) ? (['restart'] as const) : []),
        ],
        whileStopped: [],
        values: {
          restart: restartName(container.restart),
          // The form knows whole processors; half of one is shown as one and stays half unless it is changed.
          ...(container.cpus === null ? {} : { cpus: Math.max(1, Math.round(container.cpus)) }),
          ...(container.memoryBytes === null ? {} : { memoryBytes: container.memoryBytes }),
        },
        limits: targetOf(context, id).engine.isLocal ? limitsOfThisComputer() : {},
      }
    },
    async configure(id, changes, op) {
      const target = targetOf(context, id)
      const { restart, cpus, memoryBytes } = changes
      if (restart !== undefined || cpus !== undefined || memoryBytes !== undefined) {
        await target.run(
          commands.update(target.containerId, {
            ...(restart === undefined ? {} : { restart }),
            ...(cpus === undefined ? {} : { cpus }),
            ...(memoryBytes === undefined ? {} : { memoryBytes }),
          }),
          op,
        )
      }
      await context.endpoints.inspect(id, op)
    },
  }
}

/** Of another computer's processors and memory nothing is known here. */
function limitsOfThisComputer(): MachineConfiguration['limits'] {
  const cpus = availableParallelism()
  const memoryBytes = totalmem()
  return {
    cpus: { min: 1, max: cpus, sensible: Math.max(1, cpus - 1), default: cpus },
    // Docker refuses less than 6 MiB.
    memoryBytes: { min: 8 * MiB, max: memoryBytes, sensible: Math.floor(memoryBytes / 2), default: memoryBytes },
  }
}

/** `on-failure:3` without its number. */
function restartName(policy: string): 'no' | 'on-failure' | 'always' | 'unless-stopped' {
  const [name] = policy.split(':')
  return name === 'always' || name === 'unless-stopped' || name === 'on-failure' ? name : 'no'
}
