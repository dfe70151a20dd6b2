import type { SessionId } from '../../app/domain/ids.ts'
import type { MenuEntry } from '../components/menu.tsx'
import type { SayFunction } from '../say.tsx'
import { consoles } from '../store/consoles.ts'
import { terminalKeyText } from './keys.ts'
import type { TerminalView } from './view.ts'

/** What a right click in a terminal offers. */
export function terminalEntries(
  sessionId: SessionId,
  view: TerminalView,
  say: SayFunction,
  paste: () => void,
): readonly MenuEntry[] {
  const { terminal } = view
  return [
    {
      kind: 'item',
      id: 'copy',
      label: say('terminal.menu.copy'),
      icon: 'copy',
      shortcut: terminalKeyText('copy'),
      reason: terminal.hasSelection() ? null : say('terminal.menu.copyWhy'),
      choose: () => view.copy(),
    },
    {
      kind: 'item',
      id: 'paste',
      label: say('terminal.menu.paste'),
      shortcut: terminalKeyText('paste'),
      choose: paste,
    },
    { kind: 'item', id: 'all', label: say('terminal.menu.selectAll'), choose: () => terminal.selectAll() },
    { kind: 'separator', id: 'rest' },
    {
      kind: 'item',
      id: 'find',
      label: say('terminal.menu.find'),
      icon: 'search',
      shortcut: terminalKeyText('find'),
      choose: () => consoles.setState({ findIn: sessionId }),
    },
    { kind: 'item', id: 'clear', label: say('terminal.menu.clear'), choose: () => terminal.clear() },
  ]
}
