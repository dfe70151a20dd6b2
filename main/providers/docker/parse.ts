import { type Fields, fieldsOf, listOf, numberOf, readJson, readRows, textMapOf, textOf, textsOf } from './json.ts'
import { machineLabel } from './naming.ts'

/** One line of `ps -a --no-trunc`: only what is needed to know that a container exists. */
export interface PsRow {
  readonly id: string
  readonly name: string
  readonly image: string
}

/**
 * Reads `ps`: one object per line with only strings (docker), or one array (podman: `Id`, `Names` as a list). Lines without an
 * id are counted as odd.
 */
export function parsePs(text: string): { readonly rows: readonly PsRow[]; readonly oddLines: number } {
  const { rows, oddLines } = readRows(text)
  const read = rows.map((row) => ({
    id: textOf(row['ID']) || textOf(row['Id']),
    name: (textsOf(row['Names'])[0] ?? textOf(row['Names'])).split(',')[0] ?? '',
    image: textOf(row['Image']),
  }))
  const known = read.filter((row) => row.id !== '')
  return { rows: known, oddLines: oddLines + read.length - known.length }
}

export interface Version {
  readonly client: string
  readonly clientApi: string
  /** null when no server answered. Podman without a service has none and needs none. */
  readonly server: string | null
  readonly serverApi: string | null
}

/** Reads `version`: an object with `Client` and, when it answered, `Server`. null when it is no such thing. */
export function parseVersion(text: string): Version | null {
  const value = readJson(text)
  const client = fieldsOf(fieldsOf(value)['Client'])
  const server = fieldsOf(fieldsOf(value)['Server'])
  if (textOf(client['Version']) === '') return null
  const engine = listOf(server['Components'])
    .map(fieldsOf)
    .find((component) => textOf(component['Name']) === 'Engine')
  return {
    client: textOf(client['Version']),
    clientApi: textOf(client['ApiVersion']) || textOf(client['APIVersion']),
    server: textOf(server['Version']) || textOf(engine?.['Version']) || null,
    serverApi: textOf(server['ApiVersion']) || textOf(server['APIVersion']) || null,
  }
}

export interface Context {
  readonly name: string
  /** `unix:///var/run/docker.sock`, `ssh://user@host`, `tcp://…`, `npipe:////./pipe/…`. */
  readonly endpoint: string
  readonly isCurrent: boolean
  /** Why the tool itself cannot use it; empty when it can. */
  readonly error: string
  /** The file that says what it is, where that cannot be read. */
  readonly brokenFile?: string
}

/** Reads `context ls`, one object per line. A context without a name is left out. */
export function parseContexts(text: string): readonly Context[] {
  return readRows(text)
    .rows.map((row) => ({
      name: textOf(row['Name']).replace(/ \*$/, ''),
      endpoint: textOf(row['DockerEndpoint']),
      isCurrent: row['Current'] === true,
      error: textOf(row['Error']),
    }))
    .filter((context) => context.name !== '')
}

/** Something that happened to a container (or an image). */
export interface EngineEvent {
  readonly type: string
  /** Its first word: `exec_create: /bin/sh` is `exec_create`; podman's words are turned into docker's. */
  readonly action: string
  /** What follows the word: `unhealthy` of `health_status: unhealthy`. */
  readonly detail: string
  /** Of the container; for a network's event the container it is about. */
  readonly id: string
  readonly name: string
  readonly image: string
  readonly exitCode: number | null
  /** Key of the machine whose snapshot an image's event is about; null when it is about none. */
  readonly snapshotOf: string | null
  readonly at: string
  /** As `--since` takes it, to go on from here. */
  readonly since: string
}

/**
 * Reads one line of `events`. Old shape: `status`, `id`, `from` beside `Type`, `Action`, `Actor`; since API 1.52 only the
 * latter; podman: `Status`, `ID`, `Name`, `Time`. null for what is none of them.
 */
export function parseEvent(line: string): EngineEvent | null {
  const value = readJson(line)
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return null
  const fields = value as Fields
  const actor = fieldsOf(fields['Actor'])
  const attributes = textMapOf(actor['Attributes'] ?? fields['Attributes'])
  const words = textOf(fields['Action']) || textOf(fields['status']) || textOf(fields['Status'])
  if (words === '') return null
  const type = textOf(fields['Type']) || 'container'
  const colon = words.indexOf(':')
  const action = colon < 0 ? words : words.slice(0, colon)
  const exitCode = attributes['exitCode'] ?? fields['ContainerExitCode']
  const time = eventTime(fields)
  return {
    type,
    action: podmanActions[action] ?? action,
    detail: colon < 0 ? textOf(fields['health_status']) : words.slice(colon + 1).trim(),
    id:
      type === 'network'
        ? (attributes['container'] ?? '')
        : textOf(actor['ID']) || textOf(fields['id']) || textOf(fields['ID']),
    name: attributes['name'] ?? textOf(fields['Name']),
    image: attributes['image'] ?? (textOf(fields['from']) || textOf(fields['Image'])),
    exitCode: exitCode === undefined || exitCode === '' ? null : Number(exitCode),
    snapshotOf: type === 'image' ? (attributes[machineLabel] ?? null) : null,
    ...time,
  }
}

/** Podman's words for the same things. */
const podmanActions: Readonly<Record<string, string>> = { died: 'die', remove: 'destroy' }

function eventTime(fields: Fields): { readonly at: string; readonly since: string } {
  const nanoseconds = numberOf(fields['timeNano'])
  if (nanoseconds > 0) {
    // JSON numbers lose the last digits of a nanosecond: rounding down makes an event come twice rather than never.
    const micros = Math.floor(nanoseconds / 1000)
    const rest = String(micros % 1_000_000).padStart(6, '0')
    return { at: new Date(micros / 1000).toISOString(), since: `${Math.floor(micros / 1_000_000)}.${rest}` }
  }
  const time = Date.parse(textOf(fields['Time'])) || numberOf(fields['time']) * 1000
  return time > 0 ? { at: new Date(time).toISOString(), since: new Date(time).toISOString() } : { at: '', since: '' }
}
