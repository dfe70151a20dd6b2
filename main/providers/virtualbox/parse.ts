import { unreadableOutput } from '../../exec/failure.ts'
import { wordOf } from './states.ts'

const uuidPattern = '[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}'

/** Names of the extensions that `list extpacks` calls usable. */
export function parseExtensions(text: string): readonly string[] {
  return text.split(/^(?=Pack no)/m).flatMap((pack) => {
    const name = /^Pack no\. *\d+: +(.+)$/m.exec(pack)?.[1]?.trim()
    return name !== undefined && /^Usable: +true$/m.test(pack) ? [name] : []
  })
}

/** One machine of `list vms`. */
export interface Listed {
  readonly uuid: string
  /** As it was typed, line breaks included; null for one that VirtualBox could not load. */
  readonly name: string | null
}

/**
 * Reads `list vms` and `list runningvms`: `"name" {uuid}` per machine, nothing escaped, so that a name may look like the end of
 * one machine and the beginning of the next. `isKnown` decides where that could be: what stands before an unknown UUID belongs
 * to a name. What comes before the first machine is the warning of Debian's wrapper.
 */
export function parseList(text: string, isKnown: (uuid: string) => boolean = () => true): readonly Listed[] {
  const ends = new RegExp(`" \\{(${uuidPattern})\\}(?:\\n|$)`, 'g')
  const found: Listed[] = []
  let from = text.startsWith('"') ? 1 : text.indexOf('\n"') + 2
  if (from === 1 && !text.startsWith('"')) return found
  for (const match of text.matchAll(ends)) {
    const uuid = match[1] ?? ''
    const next = match.index + match[0].length
    if (match.index < from || !isKnown(uuid)) continue
    if (next < text.length && text[next] !== '"') continue
    const name = text.slice(from, match.index)
    found.push({ uuid, name: name === '<inaccessible>' ? null : name })
    from = next + 1
  }
  return found
}

/**
 * Whether a list that names no machine is no list at all: VirtualBox says nothing where there is none, and before that only Debian's
 * wrapper its warning, whose lines are indented.
 */
function isNoList(text: string): boolean {
  return parseList(text).length === 0 && text.split('\n').some((line) => /^(?!WARNING:)\S/.test(line))
}

/** As `parseList`; throws where what was said is no list, so that rows stay as last known. */
export function readList(text: string, isKnown: (uuid: string) => boolean): readonly Listed[] {
  if (isNoList(text)) throw unreadableOutput('VirtualBox', text)
  return parseList(text, isKnown)
}

/** A machine as `list --long` describes it, as far as it is needed. */
export interface ListedLong {
  readonly uuid: string
  readonly settingsPath: string | null
  /** The word of `states.ts`; null when it is not said. */
  readonly word: string | null
  /** ISO 8601 UTC. */
  readonly since: string | null
}

/**
 * Reads `list --long vms` and `list --long runningvms`, which are made for people: names and descriptions stand in it as they
 * were typed and may look like a machine of their own. A UUID that comes twice is therefore left out: ask otherwise.
 */
export function parseLongList(text: string): ReadonlyMap<string, ListedLong> {
  const found = new Map<string, ListedLong>()
  const twice = new Set<string>()
  const starts = [...text.matchAll(new RegExp(`^UUID: {2,}(${uuidPattern})$`, 'gm'))]
  for (const [index, start] of starts.entries()) {
    const uuid = start[1] ?? ''
    const section = text.slice(start.index, starts[index + 1]?.index ?? text.length)
    const state = /^State: {2,}(\S.*?) \(since (\S+?)\)$/m.exec(section)
    if (found.has(uuid)) twice.add(uuid)
    found.set(uuid, {
      uuid,
      settingsPath: /^Config file: {2,}(.+)$/m.exec(section)?.[1] ?? null,
      word: state === null ? null : wordOf(state[1] ?? ''),
      since: timeOf(state?.[2]),
    })
  }
  for (const uuid of twice) found.delete(uuid)
  return found
}

/**
 * Reads `showvminfo --machinereadable` up to the snapshots, whose names and descriptions are not escaped and could pretend to be
 * anything. The first value of a key is the true one. A name holds line breaks as they are.
 */
export function parseInfo(text: string): ReadonlyMap<string, string> {
  const values = new Map<string, string>()
  let at = 0
  const quoted = (): string => {
    let value = ''
    for (at += 1; at < text.length && text[at] !== '"'; at += 1) {
      if (text[at] === '\\') at += 1
      value += text[at] ?? ''
    }
    at += 1
    return value
  }
  const bare = (ends: string): string => {
    const from = at
    while (at < text.length && !ends.includes(text[at] ?? '')) at += 1
    return text.slice(from, at)
  }
  while (at < text.length) {
    const key = text[at] === '"' ? quoted() : bare('=\n')
    if (/^(?:Current)?Snapshot(?:Name|UUID|Description|Node)/.test(key)) break
    if (text[at] === '=') {
      at += 1
      const value = text[at] === '"' ? quoted() : bare('\n')
      if (!values.has(key)) values.set(key, value)
    }
    // `VideoMode="720,400,0"@0,0 1` goes on after its value.
    bare('\n')
    at += 1
  }
  return values
}

/** What `--version` says, and whether Debian's wrapper warned that the kernel driver is missing. */
export interface Version {
  /** `7.2.22_Debianr175245`; null when there is none in what was said. */
  readonly version: string | null
  readonly lacksDriver: boolean
}

export function parseVersion(text: string): Version {
  return {
    version: /^(\d+\.\d+\.\d+\S*)$/m.exec(text)?.[1] ?? null,
    lacksDriver: /^WARNING: .*(?:vboxdrv|kernel module)/m.test(text),
  }
}

/** The tool's own sentences about what failed: without where in its source, and without the progress they are glued to. */
export function errorLines(stderr: string): readonly string[] {
  const lines = new Set<string>()
  for (const match of stderr.matchAll(/VBoxManage(?:\.exe)?: (?:fatal )?error: ?(.*)/g)) {
    const line = (match[1] ?? '').trim()
    if (/^(?:Details|Context): /.test(line) || /^\/\S+\.cpp\[\d+\]/.test(line) || line === '') continue
    lines.add(line)
  }
  return [...lines]
}

/** Whether it failed, whatever the exit code. */
export function hasErrors(stderr: string): boolean {
  return /VBoxManage(?:\.exe)?: (?:fatal )?error:/.test(stderr)
}

/** The last percentage in what came so far, from 0 to 1; null when there is none. Progress is one line that grows. */
export function lastFraction(stderr: string): number | null {
  const percent = [...stderr.matchAll(/(\d{1,3})%/g)].at(-1)?.[1]
  return percent === undefined ? null : Math.min(100, Number(percent)) / 100
}

/** VirtualBox writes UTC with nanoseconds and, printed for people, without a `Z`. */
function timeOf(text: string | undefined): string | null {
  if (text === undefined) return null
  const time = Date.parse(`${text.replace(/(\.\d{3})\d*Z?$/, '$1').replace(/Z$/, '')}Z`)
  return Number.isNaN(time) ? null : new Date(time).toISOString()
}
