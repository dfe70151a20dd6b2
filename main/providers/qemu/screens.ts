import { failure } from '../../../app/domain/errors.ts'
import { openRfb } from '../../screen/rfb.ts'
import { throwIfCancelled } from '../common/op.ts'
import type { ScreenOps } from '../provider.ts'
import { screenId, withheldConsole } from './consoles.ts'
import type { ProviderContext } from './provider-context.ts'

/** A machine's display, as QEMU's own VNC server tells it on a socket that is this person's alone. */
export function createScreens(context: ProviderContext): ScreenOps {
  return {
    async open(id, consoleId, _as, events, op) {
      const { entry, definition } = await context.registry.get(id)
      throwIfCancelled(op)
      if (consoleId !== screenId) throw failure('not-found', { key: 'kept.error.console' })
      if (definition.graphics === 'none') throw failure('unsupported', { key: 'qemu.error.noDisplay' })
      const reason = withheldConsole(context, entry)
      if (reason !== null) throw failure('wrong-state', reason)
      return openRfb(
        { path: entry.sockets.vnc },
        { pointer: 'relative', canResize: definition.graphics === 'virtio' },
        events,
      )
    },
  }
}
