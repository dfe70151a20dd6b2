import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { MachineId } from '../../../app/domain/ids.ts'
import type { CommandRecord } from '../../../app/domain/task.ts'
import { describeFiles } from '../../conformance/files.ts'
import { errorFrom, op } from '../../conformance/ground.ts'
import { describeUtm } from './utm-world.ts'

/** What is done through the agent in a guest. On the stand-in, whose guests' files are a folder here. */
describeUtm('UTM’s guest agent', ({ ground, make, uuidOf, read, start, powerOff }) => {
  let id: MachineId
  let root = ''
  const commands = () => ground().provider.commands ?? expect.fail('has no commands')
  beforeAll(async () => {
    root = await mkdtemp(join(tmpdir(), 'berth-guest-'))
    id = await make('agent')
    await start(id)
    await ground().setFaults({ agents: { [uuidOf(id)]: { addresses: [], root } } })
  })
  afterAll(async () => {
    await ground().setFaults({})
    await powerOff(id)
    await rm(root, { recursive: true, force: true })
  })

  describe('files', () => {
    describeFiles(async () => ({
      provider: ground().provider,
      id,
      folder: '/',
      read: (path) => readFile(join(root, path)).catch(() => null),
    }))

    it('are withheld while the guest does not run', async () => {
      expect((await read(id))?.withheld.copyFiles).toBeUndefined()
      const other = await make('off')
      expect((await read(other))?.withheld.copyFiles).toEqual({ key: 'utm.why.agentOff' })
    })

    it('say that there is no agent', async () => {
      const other = await make('no agent')
      await start(other)
      const sent = ground().provider.files?.send(other, { path: '/etc/hostname', folder: '/tmp' }, op())
      expect(await errorFrom(sent ?? Promise.resolve())).toMatchObject({ message: { key: 'utm.error.agent' } })
      await powerOff(other)
    })
  })

  describe('a command', () => {
    it('is run with its words as they are, and ends with its own code', async () => {
      const records: CommandRecord[] = []
      const recording = { ...op(), record: (record: CommandRecord) => void records.push(record) }
      const words = ['--help', '$HOME `id`', '', '한글 "x"']
      const script = 'for word; do echo "[$word]"; done; echo oops >&2; exit 3'
      expect(await commands().run(id, ['/bin/sh', '-c', script, 'sh', ...words], recording)).toBe(3)
      expect(records.at(-1)?.output).toBe(`${words.map((word) => `[${word}]`).join('\n')}\noops`)
    })

    it('that is not there is said to be missing', async () => {
      const error = await errorFrom(commands().run(id, ['/no/such/program'], op()))
      expect(error).toMatchObject({ code: 'not-found', message: { key: 'utm.error.noProgram' } })
    })
  })
})
