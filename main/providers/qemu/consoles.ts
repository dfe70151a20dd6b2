import type { ConsoleOption } from '../../../app/domain/console.ts'
import { failure } from '../../../app/domain/errors.ts'
import type { Text } from '../../../app/messages/text.ts'
import { lastLines } from '../../console/last-lines.ts'
import { readTail } from '../common/files.ts'
import { throwIfCancelled } from '../common/op.ts'
import type { ConsoleOps } from '../provider.ts'
import type { Entry } from './machine-registry.ts'
import type { ProviderContext } from './provider-context.ts'

const serialId = 'serial0'
export const screenId = 'screen0'
/** Enough for a screen of long lines with their colours. */
const tailBytes = 32_768

/** Why a machine's consoles cannot be opened now; null when they can. */
export function withheldConsole(context: ProviderContext, entry: Entry): Text | null {
  if (entry.live !== null) return null
  const { name, state } = context.registry.machine(entry)
  return { key: `why.state.${state}`, params: { name } }
}

/**
 * The display, where the machine has one, and the serial line: QEMU listens on its socket and writes everything to the log
 * from the first byte on.
 */
export function createConsoles(context: ProviderContext): ConsoleOps {
  return {
    async options(id, op) {
      const { entry, definition } = await context.registry.get(id)
      throwIfCancelled(op)
      const withheld = withheldConsole(context, entry)
      const serial: ConsoleOption = {
        id: serialId,
        kind: 'serial',
        label: { key: 'kept.console.serial' },
        writable: true,
        withheld,
      }
      if (definition.graphics === 'none') return [serial]
      return [{ id: screenId, kind: 'screen', label: { key: 'screen.display' }, writable: true, withheld }, serial]
    },
    async target(id, consoleId, _as, op) {
      const { entry } = await context.registry.get(id)
      throwIfCancelled(op)
      if (consoleId !== serialId && consoleId !== screenId) throw failure('not-found', { key: 'kept.error.console' })
      const reason = withheldConsole(context, entry)
      if (reason !== null) throw failure('wrong-state', reason)
      if (consoleId === screenId) throw failure('unsupported', { key: 'screen.notTerminal' })
      return { kind: 'socket', title: 'serial', path: entry.sockets.serial, logPath: entry.folder.serialLog }
    },
    async tail(id, lines, op) {
      const { entry } = await context.registry.get(id)
      throwIfCancelled(op)
      const text = await readTail(entry.folder.serialLog, 0, tailBytes)
      if (text === '') return null
      // A cut in the middle of a character or of a line is at the beginning, which is not shown.
      return lastLines(text, lines)
    },
  }
}
