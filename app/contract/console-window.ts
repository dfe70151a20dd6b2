import type { MachineId } from '../domain/ids.ts'

/** A console in a window of its own: which machine's, and which of its consoles; null is the best one. */
export interface ConsoleWindowTarget {
  readonly machineId: MachineId
  readonly consoleId: string | null
}

const machineKey = 'console-of'
const consoleKey = 'console'

/** The fragment of the page's address that makes it show this console alone. */
export function consoleFragment({ machineId, consoleId }: ConsoleWindowTarget): string {
  const console_ = consoleId === null ? '' : `&${consoleKey}=${encodeURIComponent(consoleId)}`
  return `#${machineKey}=${encodeURIComponent(machineId)}${console_}`
}

/** What an address's fragment asks for; null when it is not a console's. */
export function consoleTargetOf(fragment: string): ConsoleWindowTarget | null {
  const parts = fragment
    .replace(/^#/, '')
    .split('&')
    .map((part) => part.split('='))
  const read = (key: string): string | null => {
    const value = parts.find(([name]) => name === key)?.[1]
    try {
      return value === undefined ? null : decodeURIComponent(value)
    } catch {
      return null
    }
  }
  const machineId = read(machineKey)
  return machineId === null ? null : { machineId: machineId as MachineId, consoleId: read(consoleKey) }
}
