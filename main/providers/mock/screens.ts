import { failure } from '../../../app/domain/errors.ts'
import type { MachineId } from '../../../app/domain/ids.ts'
import type { ScreenEvents, ScreenSource } from '../../screen/source.ts'
import type { ScreenOps } from '../provider.ts'
import { runCommand } from './guest.ts'
import { createPixelScreen } from './pixel-screen.ts'
import { type ProviderContext, throwIfCancelled } from './provider-context.ts'
import { createTextScreen } from './text-screen.ts'

/** One viewer's hold of a pretended screen. */
export type Hand = Omit<ScreenSource, 'next' | 'close'> & { readonly detach: () => void }

/** What a pretended machine shows, from its start to its end, whether somebody looks or not. */
export interface PretendedScreen {
  attach(events: ScreenEvents): Hand
  end(): void
}

export interface PretendedScreens extends ScreenOps {
  /** The machine is off: its screen is dark, and begins anew. */
  readonly closeMachine: (id: MachineId) => void
  readonly dispose: () => void
}

/** Whether a pretended machine has a screen: not those of other processors, which are as boards without one. */
export function hasScreen(context: ProviderContext, id: MachineId): boolean {
  const { machine } = context.of(id)
  return machine.kind === 'vm' && machine.arch === 'x86_64'
}

/** Text for most; a desktop that knows where the pointer is for Windows, one that only feels it move for Ubuntu. */
export function createPretendedScreens(context: ProviderContext): PretendedScreens {
  const screens = new Map<MachineId, { readonly screen: PretendedScreen; readonly open: Set<ScreenEvents> }>()

  const make = (id: MachineId): PretendedScreen => {
    const { machine } = context.of(id)
    if (machine.os?.startsWith('Windows') === true) return createPixelScreen('absolute')
    if (machine.os?.startsWith('Ubuntu') === true) return createPixelScreen('relative')
    return createTextScreen(machine.name.split('\n')[0] ?? '', (command) => runCommand(context, id, command))
  }

  const closeMachine = (id: MachineId): void => {
    const found = screens.get(id)
    screens.delete(id)
    found?.screen.end()
    for (const events of found?.open ?? []) events.ended({ why: 'gone', reason: null })
  }

  return {
    async open(id, consoleId, _as, events, op) {
      throwIfCancelled(op)
      if (consoleId !== 'screen0') throw failure('not-found', { key: 'mock.console.off' })
      if (!hasScreen(context, id)) throw failure('unsupported', { key: 'screen.none' })
      if (!['running', 'paused', 'stopping', 'unknown'].includes(context.of(id).machine.state)) {
        throw failure('wrong-state', { key: 'mock.console.off' })
      }
      await context.wait(150, op)
      const entry = screens.get(id) ?? { screen: make(id), open: new Set() }
      screens.set(id, entry)
      const { detach, ...hand } = entry.screen.attach(events)
      entry.open.add(events)
      return {
        ...hand,
        next() {},
        close() {
          detach()
          entry.open.delete(events)
        },
      }
    },
    closeMachine,
    dispose() {
      for (const id of [...screens.keys()]) closeMachine(id)
    },
  }
}
