import type { Forward } from '../../../app/domain/spec.ts'
import type { Text } from '../../../app/messages/text.ts'
import { readPort } from './problems.ts'

/** One line of the port table as typed. */
export interface PortRow {
  readonly protocol: 'tcp' | 'udp'
  readonly hostPort: string
  readonly guestPort: string
}

export const emptyPort: PortRow = { protocol: 'tcp', hostPort: '', guestPort: '' }

export function isBlank(row: PortRow): boolean {
  return row.hostPort.trim() === '' && row.guestPort.trim() === ''
}

/** Reads the rows that hold something. A port of this computer can lead to one place only. */
export function readForwards(
  rows: readonly PortRow[],
  add: (field: string, text: Text) => void,
  options: { readonly isHostPortOptional: boolean } = { isHostPortOptional: false },
): readonly (Pick<Forward, 'protocol' | 'guestPort'> & { readonly hostPort: number | null })[] {
  const used = new Set<string>()
  return rows.flatMap((row, index) => {
    if (isBlank(row)) return []
    const field = `ports.${index}`
    const isChosenByTool = options.isHostPortOptional && row.hostPort.trim() === ''
    const hostPort = readPort(row.hostPort)
    const guestPort = readPort(row.guestPort)
    if (guestPort === null || (hostPort === null && !isChosenByTool)) {
      add(field, { key: 'create.problem.port' })
      return []
    }
    const key = `${row.protocol} ${hostPort}`
    if (hostPort !== null && used.has(key))
      add(field, { key: 'create.problem.portTwice', params: { port: String(hostPort) } })
    used.add(key)
    return [{ protocol: row.protocol, hostPort, guestPort }]
  })
}

/** The rows that show these forwards. */
export function portRows(forwards: readonly Forward[]): readonly PortRow[] {
  return forwards.map(({ protocol, hostPort, guestPort }) => ({
    protocol,
    hostPort: String(hostPort),
    guestPort: String(guestPort),
  }))
}
