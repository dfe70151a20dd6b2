import { isMac } from './platform.ts'
import { type Command, commandOf, shortcuts } from './shortcuts.ts'

type Run = () => void

const handlers = new Map<Command, Run[]>()

/**
 * Says what a command does while its owner is on screen; the latest to come is asked. The returned function takes it back.
 * A command nobody answers goes to the page as an ordinary key.
 */
export function handleCommand(command: Command, run: Run): () => void {
  const list = handlers.get(command) ?? []
  list.push(run)
  handlers.set(command, list)
  return () => void list.splice(list.lastIndexOf(run), 1)
}

/** Carries a command out, as a shortcut, a menu or the palette asks. False when nobody answers to it. */
export function runCommand(command: Command): boolean {
  const run = handlers.get(command)?.at(-1)
  run?.()
  return run !== undefined
}

/** Whether the key would be the window's, so that a terminal must leave it alone. */
export function isWindowKey(event: KeyboardEvent): boolean {
  return commandOf(event, { isMac, inTerminal: true }) !== null
}

/** Marks an element that takes the keyboard for its guest: shortcuts inside it are those of the terminal column. */
export const terminalSelector = '.xterm, [data-takes-keys]'

/** Marks a captured screen: every key is its guest's, but for the chord that lets go. */
const capturedSelector = '[data-takes-all-keys]'

/** Listens for shortcuts on the whole page, before anything in it. */
export function listenForShortcuts(): () => void {
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.target instanceof Element && event.target.closest(capturedSelector) !== null) return
    const inTerminal = event.target instanceof Element && event.target.closest(terminalSelector) !== null
    const command = commandOf(event, { isMac, inTerminal })
    if (command === null || isModalOpen(command) || !runCommand(command)) return
    event.preventDefault()
    event.stopPropagation()
  }
  window.addEventListener('keydown', onKeyDown, { capture: true })
  return () => window.removeEventListener('keydown', onKeyDown, { capture: true })
}

/** Text size works everywhere; everything else waits until the dialog is closed. */
function isModalOpen(command: Command): boolean {
  if (command === 'zoomLarger' || command === 'zoomSmaller' || command === 'zoomReset') return false
  return document.querySelector('[role="dialog"][data-state="open"].dialog, [role="alertdialog"]') !== null
}

/** A choice of the native menu is the command of the same name. */
export function isCommand(item: string): item is Command {
  return item in shortcuts
}
