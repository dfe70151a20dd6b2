import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Machine } from '../../../../app/domain/machine.ts'
import type { Endpoint } from '../../../../app/domain/provider.ts'
import { createUtmProvider } from '../../../../main/providers/utm/provider.ts'
import { errorFrom, op } from '../../../conformance/ground.ts'
import { type UtmGround, utmGround } from '../../../support/utm/ground.ts'
import { writeBundle } from './bundles.ts'

const uuid = '8EB11628-544C-44BF-9EDE-4A65A616BEE2'
/** Programs are started, on whatever else this computer does. */
const slow = 60_000

let ground: UtmGround
beforeEach(async () => {
  ground = await utmGround()
})
afterEach(async () => {
  expect(await ground.leave()).toEqual([])
}, slow)

const list = (): Promise<readonly Machine[]> => ground.provider.list('utm:local', op())
const endpoint = async (): Promise<Endpoint | undefined> => (await ground.provider.probe(op())).endpoints[0]
/** UTM's app, as if the person had opened it. */
const open = (): Promise<string> => ground.outside('list')

describe('a Mac that does not let Berth', { timeout: slow }, () => {
  const remedies = async (): Promise<readonly string[]> =>
    (await endpoint())?.remedies.map(({ title }) => title.key) ?? []

  it.for([
    ['has no permission for events', { number: -1743 }, {}, 'refused', 'utm.error.automation', 'utm.remedy.automation'],
    [
      'says so in Korean',
      { number: -1743, korean: true },
      {},
      'refused',
      'utm.error.automation',
      'utm.remedy.automation',
    ],
    [
      'is reached over SSH',
      { number: -1743 },
      { SSH_CONNECTION: '1 2 3 4' },
      'refused',
      'utm.error.ssh',
      'utm.remedy.ssh',
    ],
    ['is locked', { number: -600, locked: true }, {}, 'broken', 'utm.error.locked', 'utm.remedy.locked'],
    ['lost UTM on the way', { number: -609 }, {}, 'not-running', 'utm.error.notRunning', 'utm.remedy.open'],
    ['gets no answer', { number: -1712 }, {}, 'unreachable', 'utm.error.noAnswer', undefined],
  ] as const)('and %s says that, with its own way out', async ([, faults, env, state, key, remedy]) => {
    await writeBundle(ground.documents)
    await open()
    await ground.setFaults(faults)
    ground.again(env)
    expect(await endpoint()).toMatchObject({ state, error: { message: { key } } })
    expect((await remedies())[0]).toBe(remedy)
    expect(await errorFrom(list())).toMatchObject({ message: { key } })
    // `utmctl status` then says that there is no such machine: nobody takes that for an answer.
    expect(await errorFrom(ground.provider.read(`utm:${uuid}`, op()))).toMatchObject({ message: { key } })
  })

  it('and has no UTM says how to get it', async () => {
    const host = { ...ground.host, findTool: async () => null }
    const { endpoints } = await createUtmProvider(host, { home: ground.folder, env: {} }).probe(op())
    expect(endpoints[0]).toMatchObject({ state: 'missing', error: { code: 'tool-missing' } })
    expect(endpoints[0]?.remedies[0]?.commands).toEqual(['brew install --cask utm'])
  })

  it('and prints 20 MB of rubbish is not an empty Mac', async () => {
    await open()
    await ground.setFaults({ rubbish: 20 * 1024 * 1024 })
    expect((await errorFrom(list())).code).toBe('output-unreadable')
  })

  it('and never answers is unreachable in time: nothing is gone', async () => {
    await writeBundle(ground.documents)
    await open()
    await ground.setFaults({ hang: true })
    const error = await errorFrom(list())
    expect(error.code).toBe('timeout')
    expect(error.message.key).toBe('error.timeout')
  })
})
