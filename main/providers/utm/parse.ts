/** A line of `utmctl list`. */
export interface Row {
  /** As UTM writes it: upper case. */
  readonly uuid: string
  readonly status: string
  /** As it is, edge spaces and line breaks included. */
  readonly name: string
}

const rowPattern = /^([0-9A-F]{8}(?:-[0-9A-F]{4}){3}-[0-9A-F]{12}) ([a-z ]{8}) (.*)$/i

/**
 * Reads `utmctl list`: UUID, the status filled up to 8, the name to the end of the line. UTM prints names as they are, so
 * one may hold line breaks and what looks like other rows: `nameOf` says what a machine is known to be called (null when
 * that is not known), and a name that stands there whole is taken whole. Without it a line that is no row goes on with the
 * name before it. Anything before the heading, such as a warning, is passed over.
 * Returns null when there is no heading: then nobody has listed anything, which is not the same as an empty list.
 */
export function parseList(text: string, nameOf: (uuid: string) => string | null = () => null): readonly Row[] | null {
  const heading = /^UUID +Status +Name *$/m.exec(text)
  if (heading === null) return null
  const rows: { uuid: string; status: string; name: string }[] = []
  let rest = text.slice(heading.index + heading[0].length + 1)
  while (rest !== '') {
    const end = rest.indexOf('\n')
    const line = end === -1 ? rest : rest.slice(0, end)
    const match = rowPattern.exec(line)
    const last = rows.at(-1)
    let taken = line.length
    if (match !== null) {
      const [, uuid = '', status = '', start = ''] = match
      const known = nameOf(uuid.toUpperCase())
      const from = line.length - start.length
      const isWhole =
        known !== null && rest.startsWith(known, from) && ['\n', undefined].includes(rest[from + known.length])
      if (isWhole) taken = from + known.length
      rows.push({ uuid: uuid.toUpperCase(), status: status.trim(), name: isWhole ? known : start })
    } else if (last !== undefined && (line !== '' || end !== -1)) last.name += `\n${line}`
    rest = rest.slice(taken + 1)
  }
  return rows
}

/** The status word of `utmctl status`: the last line that says anything; null when nothing does. */
export function parseStatus(text: string): string | null {
  return text.trim().split('\n').at(-1)?.trim() || null
}

/** Where a serial port can be reached. */
export type SerialAddress =
  | { readonly kind: 'device'; readonly path: string }
  | { readonly kind: 'tcp'; readonly host: string; readonly port: number }

/** Reads `utmctl attach`, which only says where the port is, after a warning; null when it can't be reached now. */
export function parseAttach(text: string): SerialAddress | null {
  const path = /^PTTY: (\/\S.*?)\s*$/m.exec(text)?.[1]
  if (path !== undefined) return { kind: 'device', path }
  const [, host = '', port = ''] = /^TCP: (.*):(\d+)\s*$/m.exec(text) ?? []
  const number = Number(port)
  return number >= 1 && number <= 65_535 ? { kind: 'tcp', host: host || '127.0.0.1', port: number } : null
}

/** The addresses of `utmctl ip-address`, one a line, IPv4 first; lines that are none are left out, and so are link-local ones. */
export function parseAddresses(text: string): readonly string[] {
  return text
    .split('\n')
    .map((line) => line.trim())
    .filter(
      (line) =>
        /^(?:\d{1,3}(?:\.\d{1,3}){3}|[0-9a-f]*:[0-9a-f:.]+)$/i.test(line) && !/^(?:fe80:|169\.254\.)/i.test(line),
    )
}

/** Whether `utmctl --help` lists a subcommand. */
export function parseHasCommand(help: string, command: string): boolean {
  const [, list = ''] = /^SUBCOMMANDS:\s*\n([\s\S]*)/m.exec(help) ?? []
  return list.split('\n').some((line) => line.startsWith(`  ${command} `) || line.trimEnd() === `  ${command}`)
}

/** The system's own name from `/etc/os-release`; null when it does not say. */
export function parseOsRelease(text: string): string | null {
  const value = /^PRETTY_NAME=(.*)$/m.exec(text)?.[1]?.trim() ?? ''
  const plain = /^(["'])(.*)\1$/.exec(value)?.[2] ?? value
  return plain === '' || plain.length > 200 ? null : plain
}

/** The number of the Apple Event error in what `utmctl` or `osascript` says, in any language; null when there is none. */
export function parseEventError(text: string): number | null {
  const found = /OSStatus[^)\d-]{0,200}(-\d+)/.exec(text)?.[1] ?? /\((-\d+)\)\s*$/m.exec(text)?.[1]
  return found === undefined ? null : Number(found)
}
