import { readFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { Duplex } from 'node:stream'
import { afterEach, describe, expect, it } from 'vitest'
import { errorRows, launchFailure, qmpFailure, runFailure } from '../../../../main/providers/common/images/errors.ts'
import {
  parseCheck,
  parseImageInfo,
  parseMeasure,
  parseProgress,
} from '../../../../main/providers/common/images/parse.ts'
import { runJob } from '../../../../main/providers/qemu/jobs.ts'
import { parseMachineType, parseVersion } from '../../../../main/providers/qemu/parse.ts'
import { connectQmp, type Qmp, type QmpEvent, speakQmp } from '../../../../main/providers/qemu/qmp.ts'
import { knownRunStates, meaningOf } from '../../../../main/providers/qemu/states.ts'
import { errorFrom, op } from '../../../conformance/ground.ts'
import { type Exchange, folder, recording, recordings, transcript, transcripts } from './recordings.ts'

const at = '/tmp/berth-fixture'
/** Recording, code, sentence and what is filled into it. */
const failures: Readonly<Record<string, readonly [string, string, Readonly<Record<string, unknown>>?]>> = {
  'img-apply-missing': ['not-found', 'qemu.error.tagMissing'],
  'img-convert-missing': ['not-found', 'qemu.error.tagMissing'],
  'img-convert-missing-base': ['not-found', 'qemu.error.backing', { path: `${at}/base.qcow2` }],
  'img-convert-no-space': ['no-space', 'kept.error.noSpace'],
  'img-delete-missing': ['not-found', 'qemu.error.tagMissing'],
  'img-info-locked': ['in-use', 'qemu.error.locked'],
  'img-info-missing': ['not-found', 'kept.error.file', { path: `${at}/gone.qcow2` }],
  'img-info-missing-base': ['not-found', 'kept.error.file', { path: `${at}/base.qcow2` }],
  'img-info-not-qcow2': ['tool-failed', 'qemu.error.notFormat', { format: 'qcow2' }],
  'img-permission': ['permission', 'qemu.error.permission', { path: `${at}/raw.img` }],
  'img-resize-vmdk': ['unsupported', 'qemu.error.noResize'],
  'img-shrink': ['tool-failed', 'error.toolSays'],
  'img-snapshot-locked': ['in-use', 'qemu.error.locked'],
  'start-bad-accelerator': ['unsupported', 'qemu.error.accelerator', { name: 'HVF' }],
  'start-disk-locked': ['in-use', 'qemu.error.locked'],
  'start-load-missing': ['not-found', 'qemu.error.tagMissing'],
  'start-machine-type': ['unsupported', 'qemu.error.machineType'],
  'start-marked-corrupt': ['tool-failed', 'qemu.error.corrupt'],
  'start-missing-base': ['not-found', 'qemu.error.backing', { path: `${at}/gone.qcow2` }],
  'start-missing-disk': ['not-found', 'kept.error.file', { path: `${at}/gone.qcow2` }],
  'start-no-memory': ['invalid-input', 'qemu.error.memory'],
  'start-not-qcow2': ['tool-failed', 'qemu.error.notFormat', { format: 'qcow2' }],
  'start-other-memory': ['wrong-state', 'qemu.error.hardware'],
  'start-port-in-use': ['in-use', 'qemu.error.port', { port: '45917', protocol: 'tcp' }],
  'start-raw-load': ['unsupported', 'qemu.error.noSnapshots'],
  'start-runs-already': ['in-use', 'qemu.error.runsAlready'],
  'start-socket-path': ['unsupported', 'qemu.error.socketPath'],
  'start-too-many-cpus': ['invalid-input', 'qemu.error.cpus', { max: 288 }],
}

/** What each recording that succeeded is read to. */
const read: Readonly<Record<string, (stdout: string) => unknown>> = {
  'img-check-leaks': (stdout) => expect(parseCheck(stdout)).toEqual({ errors: 0, leaks: 0 }),
  'img-convert': (stdout) => expect(stdout.split(/[\r\n]/).map(parseProgress)).toContain(1),
  'img-info-corrupt': (stdout) => expect(parseImageInfo(JSON.parse(stdout)).isCorrupt).toBe(true),
  'img-info-raw': (stdout) => expect(parseImageInfo(JSON.parse(stdout)).format).toBe('raw'),
  'img-info-shared': (stdout) => expect(parseImageInfo(JSON.parse(stdout)).format).toBe('qcow2'),
  'img-info-snapshot': (stdout) => expect(parseImageInfo(JSON.parse(stdout)).snapshots.length).toBeGreaterThan(0),
  'img-measure': (stdout) => expect(parseMeasure(stdout)).toBeGreaterThan(0),
  'machine-help': (stdout) => expect(parseMachineType(stdout, 'q35')).toBe('pc-q35-7.2'),
  version: (stdout) => expect(parseVersion(stdout)).toBe('7.2.22'),
}

describe('every recording of QEMU 7.2.22', () => {
  it.for(recordings)('%s is read', (name) => {
    const result = recording(name)
    if (result.exitCode === 0) return void (read[name] ?? expect.fail)(result.stdout)
    const ending = { exitCode: result.exitCode, signal: null }
    const { error } = name.startsWith('start-') ? launchFailure(result.stderr, ending) : runFailure(result, 'qemu-img')
    const [code, key, params = {}] = failures[name] ?? expect.fail(`${name} is in no table`)
    expect(error).toMatchObject({ code, message: { key } })
    expect(error.message.params ?? {}).toMatchObject(params)
    expect(error.detail).toContain(result.stderr.trim().split('\n')[0])
  })

  it('has one for every row of the error table', () => {
    const said = recordings.map((name) => recording(name).stderr)
    const jobs = transcripts.flatMap((name) => transcript(name).exchanges.flatMap(({ answers }) => answers))
    const texts = [...said, ...jobs.map((answer) => JSON.stringify(answer))]
    const first = texts.map((text) => errorRows.findIndex(({ pattern }) => pattern.test(text)))
    expect(errorRows.flatMap(({ pattern }, index) => (first.includes(index) ? [] : [String(pattern)]))).toEqual([])
  })
})

describe('a recorded monitor', () => {
  const ends: (() => Promise<unknown>)[] = []
  afterEach(async () => {
    for (const end of ends.splice(0).reverse()) await end()
  })

  /** A line to a server that answers as QEMU did, each request with the next recorded one of its kind. */
  async function replay(name: string): Promise<{ qmp: Qmp; events: QmpEvent[]; exchanges: readonly Exchange[] }> {
    const { greeting, exchanges } = transcript(name)
    const rest = [...exchanges]
    const server: Server = createServer((socket) => {
      const say = (value: unknown): unknown => socket.write(`${JSON.stringify(value)}\r\n`)
      // A client that is done does not wait for the last answer.
      socket.on('error', () => {})
      say(greeting)
      const lines = createInterface({ input: socket })
      lines.on('error', () => {})
      lines.on('line', (line) => {
        const { execute, id } = JSON.parse(line)
        const index = rest.findIndex(({ request }) => request.execute === execute)
        const [exchange] = index === -1 ? [] : rest.splice(index, 1)
        const none = { error: { class: 'CommandNotFound', desc: `not recorded: ${execute}` }, id }
        for (const answer of exchange?.answers ?? [none]) say('id' in answer ? { ...answer, id } : answer)
      })
    })
    const place = await mkdtemp(join(tmpdir(), 'berth-qmp-'))
    await new Promise<void>((resolve) => server.listen(join(place, 'qmp'), resolve))
    ends.push(
      () => rm(place, { recursive: true }),
      () => new Promise((resolve) => server.close(resolve)),
    )
    const qmp = connectQmp(join(place, 'qmp'))
    ends.push(async () => qmp.close())
    const events: QmpEvent[] = []
    qmp.on((event) => events.push(event))
    expect(await qmp.ready).toBe('7.2.22')
    return { qmp, events, exchanges }
  }

  it.for(transcripts)('%s is spoken to as it was: every reply and every event comes through', async (name) => {
    const { qmp, events, exchanges } = await replay(name)
    for (const { request, answers } of exchanges.slice(1)) {
      const reply = answers.find((answer) => 'return' in answer || 'error' in answer)
      const answer = qmp.execute(request.execute, request.arguments as never)
      if (reply !== undefined && 'error' in reply) {
        expect(await errorFrom(answer)).toEqual(qmpFailure((reply['error'] as { desc: string }).desc).error)
      } else expect(await answer).toEqual(reply?.['return'])
    }
    const told = exchanges.flatMap(({ answers }) =>
      answers.flatMap((one) => (typeof one['event'] === 'string' ? [one['event']] : [])),
    )
    await expect.poll(() => events.map(({ name: event }) => event)).toEqual(told)
  })

  const args = (tag: string) => ({ tag, vmstate: 'disk0', devices: ['disk0'] })
  it('says by its job, not by its command, that a snapshot was saved', async () => {
    const { qmp } = await replay('qmp-snapshot-save')
    await runJob(qmp, 'snapshot-save', 'j1', args('berth-a'), op())
  })
  it('says by its job that a snapshot is not there, and why one can’t be taken twice', async () => {
    const missing = await replay('qmp-load-missing')
    expect(await errorFrom(runJob(missing.qmp, 'snapshot-load', 'j1', args('berth-none'), op()))).toMatchObject({
      code: 'not-found',
      message: { key: 'qemu.error.tagMissing' },
    })
    const { exchanges } = transcript('qmp-snapshot-exists')
    const errors = exchanges.flatMap(({ answers }) => JSON.stringify(answers).match(/"error":\s*"([^"]+)"/)?.[1] ?? [])
    expect(errors.map((text) => qmpFailure(text).error.message.key)).toContain('qemu.error.tagExists')
  })

  it('is understood line by line through a long session of every kind', () => {
    const lines = readFileSync(join(folder, 'qmp.txt'), 'utf8').split('\n')
    const said = lines.flatMap((line) => /^<- (\{.*\})$/.exec(line)?.[1] ?? [])
    expect(said.length).toBeGreaterThan(100)
    const states = new Set<string>()
    for (const json of said) {
      const stream = new Duplex({ read() {}, write: (_chunk, _encoding, done) => done() })
      const qmp = speakQmp(stream)
      stream.emit('data', Buffer.from(`${json}\n`))
      expect(stream.destroyed, json).toBe(false)
      const status = /"status": "([a-z-]+)", "singlestep"/.exec(json)?.[1]
      if (status !== undefined) states.add(status)
      qmp.close()
    }
    expect(states.size).toBeGreaterThan(2)
    for (const state of states) expect(knownRunStates).toContain(state)
    for (const block of lines.join('\n').match(/^\{\n[\s\S]*?^\}$/gm) ?? []) {
      if (block.includes('"virtual-size"')) expect(parseImageInfo(JSON.parse(block)).format).toBe('qcow2')
      else if (block.includes('"required"')) expect(parseMeasure(block)).toBe(393_216)
      else if (block.includes('"check-errors"')) expect(parseCheck(block)).toEqual({ errors: 0, leaks: 0 })
    }
  })
})

describe('a run state of QEMU', () => {
  /** `RunState` in qapi/run-state.json of QEMU 7.2 to 10. */
  const documented: Readonly<Record<string, string>> = {
    debug: 'paused',
    inmigrate: 'starting',
    'internal-error': 'crashed',
    'io-error': 'paused',
    paused: 'paused',
    postmigrate: 'paused',
    prelaunch: 'paused',
    'finish-migrate': 'working',
    'restore-vm': 'paused',
    running: 'running',
    'save-vm': 'working',
    shutdown: 'stopping',
    suspended: 'paused',
    watchdog: 'paused',
    'guest-panicked': 'crashed',
    colo: 'working',
  }
  it.for(Object.entries(documented))('%s is %s', ([word, state]) => {
    expect(meaningOf(word).state).toBe(state)
  })
  it('has no other word, and one that QEMU learned later is unknown', () => {
    expect([...knownRunStates].sort()).toEqual(Object.keys(documented).sort())
    expect(meaningOf('dreaming').state).toBe('unknown')
    expect(meaningOf('toString').state).toBe('unknown')
  })
})
