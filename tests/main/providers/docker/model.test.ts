import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import type { Machine } from '../../../../app/domain/machine.ts'
import type { Log } from '../../../../main/log.ts'
import type { Engine } from '../../../../main/providers/docker/engine.ts'
import { type Inspected, parseInspect } from '../../../../main/providers/docker/inspect.ts'
import { createJournal } from '../../../../main/providers/docker/journal.ts'
import { createModel, type Model } from '../../../../main/providers/docker/model.ts'
import { parseEvent } from '../../../../main/providers/docker/parse.ts'

const silent: Log = { debug() {}, info() {}, warn() {}, error() {} }
const folder = mkdtempSync(join(tmpdir(), 'berth-model-'))
afterAll(() => rmSync(folder, { recursive: true }))

const engine: Engine = {
  endpointId: 'docker:here',
  flavour: 'docker',
  product: 'Docker',
  file: 'docker',
  prefix: [],
  isLocal: true,
  socketPath: null,
  hostName: null,
  clientVersion: '28.0.0',
}
const second = (at: number): string => new Date(1_700_000_000_000 + at * 1000).toISOString()

/** As `inspect` has one that began and, when `finished` is given, ended at these seconds. */
function seen(name: string, began: number, finished: number | null): Inspected {
  const running = finished === null || finished < began
  const State = {
    Status: running ? 'running' : 'exited',
    StartedAt: second(began),
    FinishedAt: finished === null ? '0001-01-01T00:00:00Z' : second(finished),
    Pid: running ? 42 : 0,
  }
  const [found] = parseInspect(JSON.stringify([{ Id: 'c1', Name: `/${name}`, State, Config: {}, HostConfig: {} }]))
  if (found === undefined) throw new Error('not a container')
  return found
}

function event(action: string, at: number, name = 'db') {
  const fields = { Type: 'container', Action: action, Actor: { ID: 'c1', Attributes: { name, exitCode: '0' } } }
  const heard = parseEvent(JSON.stringify({ ...fields, timeNano: (1_700_000_000 + at) * 1e9 }))
  if (heard === null) throw new Error('not an event')
  return heard
}

function modelOf(first: Inspected): Model {
  const model = createModel(engine, createJournal(folder, silent))
  model.replace({ rows: [], inspected: [first], unreadable: [], oddLines: 0 }, model.beginLook())
  return model
}
const brief = (machines: readonly Machine[]) => machines.map(({ name, state }) => [name, state])

describe('what is known of a container', () => {
  it('follows its beginning and its end as they are told', () => {
    const model = modelOf(seen('db', 10, null))
    expect(brief(model.apply(event('die', 20)).upserts)).toEqual([['db', 'stopped']])
    expect(brief(model.apply(event('start', 30)).upserts)).toEqual([['db', 'running']])
  })

  it('is not undone by an event that comes late, of what was over before it was looked at', () => {
    const model = modelOf(seen('db', 30, 20))
    expect(model.apply(event('die', 20)).upserts).toEqual([])
    expect(model.apply(event('rename', 25, 'berth-kept.0123456789abcdef.db')).upserts).toEqual([])
    expect(model.machine('docker:here/c1')).toMatchObject({ name: 'db', state: 'running' })
  })

  it('is what a list finds, though late events come while it looks', () => {
    const model = modelOf(seen('db', 10, null))
    const began = model.beginLook()
    model.apply(event('die', 20))
    model.apply(event('rename', 22, 'berth-kept.0123456789abcdef.db'))
    const look = { rows: [], inspected: [seen('db', 30, 20)], unreadable: [], oddLines: 0 }
    expect(brief(model.replace(look, began))).toEqual([['db', 'running']])
  })

  it('is what an event tells, when that is newer than what a list finds', () => {
    const model = modelOf(seen('db', 10, null))
    const began = model.beginLook()
    model.apply(event('die', 20))
    const look = { rows: [], inspected: [seen('db', 10, null)], unreadable: [], oddLines: 0 }
    expect(brief(model.replace(look, began))).toEqual([['db', 'stopped']])
  })
})
