import type { CommandOps } from '../provider.ts'
import { utmctlArguments } from './commands.ts'
import type { ProviderContext } from './provider-context.ts'

/** A day: how long a guest's program takes is its own affair. */
const runMs = 24 * 60 * 60_000

/** Runs programs through the guest agent, which keeps what they say until they have ended. */
export function createCommands({ machineRegistry, tool }: ProviderContext): CommandOps {
  return {
    async run(id, command, op) {
      const { uuid } = await machineRegistry.get(id, op)
      const { exitCode } = await tool.carry({ args: utmctlArguments.execute(uuid, command), timeoutMs: runMs }, op, {
        anyCode: true,
      })
      return exitCode ?? 0
    },
  }
}
