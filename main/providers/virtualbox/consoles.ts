import { open } from 'node:fs/promises'
import type { ConsoleOption } from '../../../app/domain/console.ts'
import { failure } from '../../../app/domain/errors.ts'
import type { Text } from '../../../app/messages/text.ts'
import { lastLines } from '../../console/last-lines.ts'
import type { ConsoleOps } from '../provider.ts'
import { hasOwnSerial } from './configure.ts'
import type { Known } from './entry.ts'
import { withheldLiveScreen } from './live-screen.ts'
import { type ProviderContext, throwIfCancelled } from './provider-context.ts'
import { wantsLiveScreen } from './remote-display.ts'
import { serialLogOf, serialPathOf } from './serial-path.ts'
import type { SerialRelays } from './serial-relay.ts'
import type { Settings } from './settings-file.ts'
import type { SerialPort } from './settings-hardware.ts'
import { isResting } from './states.ts'

const serialId = 'serial0'
export const screenId = 'screen0'
/** Enough for a screen of long lines with their colours. */
const tailBytes = 32_768

/**
 * The serial line, if the machine has one that Berth owns, lines that somebody else set up, and the screen. A machine without a line is
 * offered one: it is a change of its settings, made while it is off.
 */
export function createConsoles(context: ProviderContext, relays: SerialRelays): ConsoleOps {
  const { inventory, host } = context

  const offReason = ({ entry }: Known): Text | null => {
    const { name, state } = inventory.machine(entry)
    return isResting(inventory.observedState(entry).word) ? { key: `why.state.${state}`, params: { name } } : null
  }

  const serialOption = (known: Known): ConsoleOption => {
    const { settings } = known
    const option = {
      id: serialId,
      kind: 'serial',
      label: { key: 'virtualbox.console.serial' },
      writable: true,
    } as const
    if (hasOwnSerial(context, settings)) return { ...option, withheld: offReason(known) }
    const setUp = { label: { key: 'virtualbox.console.addSerial' }, changes: { serialConsole: true } } as const
    const first = settings.hardware.serialPorts.find(({ slot }) => slot === 0)
    const isOthers = first !== undefined && belongsToAnother(context, settings.uuid, first)
    return {
      ...option,
      withheld: { key: isOthers ? 'virtualbox.console.clonedSerial' : 'virtualbox.console.noSerial' },
      // A port that is used for something else is not taken away by a click.
      ...(first === undefined || first.mode === 'disconnected' || isOthers ? { setUp } : {}),
    }
  }

  const foreignPorts = ({ settings }: Known): readonly SerialPort[] =>
    settings.hardware.serialPorts.filter(
      (port) =>
        port.mode === 'pipe' &&
        port.isServer &&
        port.path !== null &&
        port.path !== serialPathOf(host, settings.uuid) &&
        !belongsToAnother(context, settings.uuid, port),
    )

  return {
    async options(id, op) {
      const known = await inventory.get(id)
      throwIfCancelled(op)
      const { settings } = known
      const withheld = offReason(known)
      const others = foreignPorts(known).map(
        ({ slot }): ConsoleOption => ({
          id: `serial${slot + 1}`,
          kind: 'serial',
          label: { key: 'virtualbox.console.otherSerial', params: { number: slot + 1 } },
          writable: true,
          withheld,
        }),
      )
      const screen: ConsoleOption = {
        id: screenId,
        kind: 'screen',
        label: { key: 'virtualbox.console.screen' },
        writable: true,
        withheld,
        ...(await stillPictures(context, settings)),
      }
      const hasScreen = settings.hardware.graphicsController.toLowerCase() !== 'none'
      const isFirstTaken = others.some((option) => option.id === 'serial1')
      return [...(isFirstTaken ? [] : [serialOption(known)]), ...others, ...(hasScreen ? [screen] : [])]
    },
    async target(id, consoleId, _as, op) {
      const known = await inventory.get(id)
      throwIfCancelled(op)
      const other = foreignPorts(known).find(({ slot }) => consoleId === `serial${slot + 1}`)
      const isOffered = other !== undefined || consoleId === serialId || consoleId === screenId
      if (!isOffered) throw failure('not-found', { key: 'virtualbox.error.noConsole' })
      const reason = offReason(known)
      if (reason !== null) throw failure('wrong-state', reason)
      if (other !== undefined) return { kind: 'socket', title: 'serial', path: other.path ?? '', logPath: null }
      const path = consoleId === serialId ? await relays.socketOf(known.entry) : null
      if (path === null) throw failure('not-found', { key: 'virtualbox.error.noConsole' })
      return { kind: 'socket', title: 'serial', path, logPath: serialLogOf(host, known.entry.uuid) }
    },
    async tail(id, lines, op) {
      const { entry, settings } = await inventory.get(id)
      throwIfCancelled(op)
      if (!hasOwnSerial(context, settings)) return null
      const text = await readTail(serialLogOf(host, entry.uuid))
      if (text === '') return null
      return lastLines(text, lines)
    },
  }
}

/** Whether a port's line is the one that Berth gave another machine: a clone made elsewhere has its parent's. */
function belongsToAnother({ inventory, host }: ProviderContext, uuid: string, port: SerialPort): boolean {
  if (port.path === null || port.path === serialPathOf(host, uuid)) return false
  return inventory.loaded().some((other) => other.uuid !== uuid && serialPathOf(host, other.uuid) === port.path)
}

/** The last part of a log; empty when there is none. */
async function readTail(path: string): Promise<string> {
  const file = await open(path, 'r').catch(() => null)
  if (file === null) return ''
  try {
    const { size } = await file.stat()
    const bytes = Buffer.alloc(Math.min(size, tailBytes))
    await file.read(bytes, 0, bytes.length, size - bytes.length)
    return bytes.toString('utf8')
  } finally {
    await file.close()
  }
}

/** A screen by still pictures has no pointer; the change that gives it one, where VirtualBox can. */
async function stillPictures(
  context: ProviderContext,
  settings: Settings,
): Promise<Pick<ConsoleOption, 'remark' | 'setUp'>> {
  if (wantsLiveScreen(settings)) return {}
  const remark = { key: 'virtualbox.console.still' } as const
  if ((await withheldLiveScreen(context, settings)) !== null) return { remark }
  return { remark, setUp: { label: { key: 'virtualbox.console.goLive' }, changes: { liveScreen: true } } }
}
