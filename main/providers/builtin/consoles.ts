import { failure } from '../../../app/domain/errors.ts'
import type { Text } from '../../../app/messages/text.ts'
import { lastLines } from '../../console/last-lines.ts'
import { readTail } from '../common/files.ts'
import { throwIfCancelled } from '../common/op.ts'
import type { ConsoleOps, ScreenOps } from '../provider.ts'
import type { Entry } from './machine-registry.ts'
import type { ProviderContext } from './provider-context.ts'

const serialId = 'serial0'
const screenId = 'screen0'
/** Enough for a screen of long lines with their colours. */
const tailBytes = 32_768

/** The serial line and the screen, both inside Berth. The line's log has everything from its first byte on. */
export function createConsoles(context: ProviderContext): ConsoleOps & ScreenOps {
  const withheld = (entry: Entry, consoleId: string): Text | null => {
    if (entry.live !== null) return null
    // Its line is there before its thread: whoever is at it then sees the first byte, and what they type waits.
    if (consoleId === serialId && isStarting(entry)) return null
    const { name, state } = context.registry.machine(entry)
    return { key: `why.state.${state}`, params: { name } }
  }

  return {
    async options(id, op) {
      const { entry } = await context.registry.get(id)
      throwIfCancelled(op)
      return [
        {
          id: serialId,
          kind: 'serial',
          label: { key: 'kept.console.serial' },
          writable: true,
          withheld: withheld(entry, serialId),
          // The screen of a PC has no Hangul.
          ...(entry.definition?.system === 'linux' ? { isFirst: true } : {}),
        },
        {
          id: screenId,
          kind: 'screen',
          label: { key: 'builtin.console.screen' },
          writable: true,
          withheld: withheld(entry, screenId),
        },
      ]
    },
    async target(id, consoleId, _as, op) {
      const { entry } = await context.registry.get(id)
      throwIfCancelled(op)
      if (consoleId !== serialId && consoleId !== screenId) throw failure('not-found', { key: 'kept.error.console' })
      const reason = withheld(entry, consoleId)
      if (reason !== null) throw failure('wrong-state', reason)
      // A screen is looked at, not read.
      if (consoleId === screenId) throw failure('unsupported', { key: 'kept.error.console' })
      return { kind: 'line', title: 'serial', line: entry.line, logPath: entry.folder.serialLog }
    },
    async open(id, consoleId, _as, events, op) {
      const { entry } = await context.registry.get(id)
      throwIfCancelled(op)
      if (consoleId !== screenId) throw failure('not-found', { key: 'kept.error.console' })
      const reason = withheld(entry, consoleId)
      if (reason !== null) throw failure('wrong-state', reason)
      return entry.screen.open(events)
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

function isStarting({ holds }: Entry): boolean {
  return holds.at(-1)?.state === 'starting'
}
