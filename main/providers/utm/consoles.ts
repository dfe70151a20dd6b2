import type { ConsoleOption } from '../../../app/domain/console.ts'
import { failure } from '../../../app/domain/errors.ts'
import type { Text } from '../../../app/messages/text.ts'
import { throwIfCancelled } from '../common/op.ts'
import type { ConsoleOps } from '../provider.ts'
import { utmctlArguments } from './commands.ts'
import type { ObservedState } from './machine.ts'
import { parseAttach } from './parse.ts'
import type { ProviderContext } from './provider-context.ts'
import { stateOf } from './states.ts'

const askMs = 15_000
const idPattern = /^serial(\d{1,3})$/

/**
 * Serial ports, which UTM leads to a terminal device or a TCP port of this computer and `utmctl attach` names. Those that
 * UTM shows in a window of its own cannot be had as well.
 */
export function createConsoles(context: ProviderContext): ConsoleOps {
  const { machineRegistry, tool } = context
  const options = (observedState: ObservedState): readonly ConsoleOption[] => {
    const state = stateOf(observedState.status)
    const off: Text | null =
      state === 'running' || state === 'paused'
        ? null
        : { key: `why.state.${machineRegistry.machine(observedState).state}`, params: { name: observedState.name } }
    const ports = observedState.bundle?.config.Serial ?? []
    return ports.map(({ Mode }, index) => ({
      id: `serial${index}`,
      kind: 'serial',
      label: { key: 'utm.console.serial', params: { number: index + 1 } },
      writable: true,
      withheld: Mode === 'Ptty' || Mode === 'TcpServer' ? off : { key: 'utm.console.taken' },
    }))
  }

  return {
    async options(id, op) {
      return options(await machineRegistry.get(id, op))
    },
    async target(id, consoleId, _as, op) {
      const observedState = await machineRegistry.get(id, op)
      const option = options(observedState).find((one) => one.id === consoleId)
      const index = idPattern.exec(consoleId)?.[1]
      if (option === undefined || index === undefined) throw failure('not-found', { key: 'kept.error.console' })
      if (option.withheld !== null) throw failure('wrong-state', option.withheld)
      const text = await tool.ask(utmctlArguments.attach(observedState.uuid, Number(index)), askMs, op)
      throwIfCancelled(op)
      const address = parseAttach(text)
      if (address === null) throw failure('unreachable', { key: 'utm.console.nowhere' }, { detail: text })
      return { ...address, title: `serial ${Number(index) + 1}` }
    },
    // Nothing is kept: what the port said before somebody listened is gone.
    tail: async () => null,
  }
}
