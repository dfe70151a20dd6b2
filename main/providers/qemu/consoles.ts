import { stripVTControlCharacters } from 'node:util'
import { failure } from '../../../app/domain/errors.ts'
import type { Text } from '../../../app/messages/text.ts'
import { readTail } from '../common/files.ts'
import { throwIfCancelled } from '../common/op.ts'
import type { ConsoleOps } from '../provider.ts'
import type { Entry } from './fleet.ts'
import type { World } from './world.ts'

const serialId = 'serial0'
/** Enough for a screen of long lines with their colours. */
const tailBytes = 32_768

/** The serial line: QEMU listens on its socket and writes everything to the log from the first byte on. */
export function createConsoles(world: World): ConsoleOps {
  const withheld = (entry: Entry): Text | null => {
    if (entry.live !== null) return null
    const { name, state } = world.fleet.machine(entry)
    return { key: `why.state.${state}`, params: { name } }
  }

  return {
    async options(id, op) {
      const { entry } = await world.fleet.get(id)
      throwIfCancelled(op)
      return [
        {
          id: serialId,
          kind: 'serial',
          label: { key: 'kept.console.serial' },
          writable: true,
          withheld: withheld(entry),
        },
      ]
    },
    async target(id, consoleId, _as, op) {
      const { entry } = await world.fleet.get(id)
      throwIfCancelled(op)
      if (consoleId !== serialId) throw failure('not-found', { key: 'kept.error.console' })
      const reason = withheld(entry)
      if (reason !== null) throw failure('wrong-state', reason)
      return { kind: 'socket', title: 'serial', path: entry.sockets.serial, logPath: entry.folder.serialLog }
    },
    async tail(id, lines, op) {
      const { entry } = await world.fleet.get(id)
      throwIfCancelled(op)
      const text = await readTail(entry.folder.serialLog, 0, tailBytes)
      if (text === '') return null
      // A cut in the middle of a character or of a line is at the beginning, which is not shown.
      return stripVTControlCharacters(text).replaceAll('\r\n', '\n').trimEnd().split('\n').slice(-lines).join('\n')
    },
  }
}
