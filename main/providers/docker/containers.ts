import type { RunResult } from '../../exec/command.ts'
import { unreadableOutput } from '../../exec/failure.ts'
import type { Host, Op } from '../provider.ts'
import * as commands from './commands.ts'
import { attempt, type Engine, run } from './engine.ts'
import { engineFailure } from './errors.ts'
import { type Inspected, parseInspect } from './inspect.ts'
import { readJson } from './json.ts'
import { type PsRow, parsePs } from './parse.ts'

/**
 * A command line holds 1 MiB on macOS and 32 KiB on Windows; an id takes 65 bytes of it. 1,000 containers are described in 25 MB,
 * which take 0.1 s to read: 4,000 would stop every window for 0.4 s.
 */
const idsPerCommand = { win32: 400, other: 1_000 } as const

/** What one look at an endpoint found: every container that is listed, and those of them that could be read. */
export interface Look {
  readonly rows: readonly PsRow[]
  readonly inspected: readonly Inspected[]
  /** Listed, but neither readable nor gone since. */
  readonly unreadable: readonly PsRow[]
  readonly oddLines: number
}

/** Lists everything with two commands: the ids, then all of them inspected at once. */
export async function lookAtAll(host: Host, engine: Engine, op: Op): Promise<Look> {
  const said = await run(host, engine, commands.ps(), op)
  const { rows, oddLines } = parsePs(said)
  // One odd line costs itself alone; where most are, it is no list, and what was known stands.
  if (oddLines > rows.length) throw unreadableOutput(engine.product, said)
  const { found, missing } = await inspectMany(
    host,
    engine,
    rows.map((row) => row.id),
    op,
  )
  const known = new Set(found.map((item) => item.container.id))
  const unreadable = rows.filter((row) => !known.has(row.id) && !missing.has(row.id))
  return { rows, inspected: found, unreadable, oddLines }
}

/** Inspects containers together. `missing`: the tool says that they do not exist. Neither: they could not be read. */
export async function inspectMany(
  host: Host,
  engine: Engine,
  ids: readonly string[],
  op: Op,
): Promise<{ readonly found: readonly Inspected[]; readonly missing: ReadonlySet<string> }> {
  const found: Inspected[] = []
  const missing = new Set<string>()
  const size = host.platform === 'win32' ? idsPerCommand.win32 : idsPerCommand.other
  const queue: (readonly string[])[] = []
  for (let index = 0; index < ids.length; index += size) queue.push(ids.slice(index, index + size))
  for (let chunk = queue.shift(); chunk !== undefined; chunk = queue.shift()) {
    const result = await attempt(host, engine, commands.inspect(chunk), op)
    const read = parseInspect(result.stdout)
    found.push(...read)
    for (const id of chunk) if (saysMissing(result, id)) missing.add(id)
    if (read.length > 0 || chunk.every((id) => missing.has(id))) continue
    // Not of one container: an answer that is none, to every question.
    if (result.exitCode === 0 && chunk.length > 1 && !Array.isArray(readJson(result.stdout))) {
      throw unreadableOutput(engine.product, result.stdout)
    }
    if (chunk.length === 1) host.log.warn('docker.inspect.unreadable', { id: chunk[0], exitCode: result.exitCode })
    else if (isAboutTheEngine(result)) throw engineFailure(result, engine.product)
    // One whose description cannot be read must not cost the others theirs: halves, until it is alone.
    else queue.push(chunk.slice(0, chunk.length / 2), chunk.slice(chunk.length / 2))
  }
  return { found, missing }
}

/** One container, whole; null when the tool says that it does not exist. */
export async function inspectOne(host: Host, engine: Engine, id: string, op: Op): Promise<Inspected | null> {
  const result = await attempt(host, engine, commands.inspect([id]), op)
  const [inspected] = parseInspect(result.stdout)
  if (inspected !== undefined) return inspected
  if (saysMissing(result, id)) return null
  throw engineFailure(result, engine.product)
}

function saysMissing(result: RunResult, id: string): boolean {
  return result.stderr
    .split('\n')
    .some((line) => /no such (?:container|object)|no container with name or ID/i.test(line) && line.includes(id))
}

/** A daemon that went away between two commands says nothing about any container. */
function isAboutTheEngine(result: RunResult): boolean {
  const { code } = engineFailure(result, '').error
  return code === 'unreachable' || code === 'permission' || code === 'tool-too-old'
}
