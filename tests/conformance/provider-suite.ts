import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { write } from '../../app/messages/write.ts'
import { capabilitiesOf } from '../../main/providers/provider.ts'
import { describeCancelling } from './cancelling.ts'
import { describeConsoles } from './consoles.ts'
import { errorFrom, type Ground, make, op, readNow, type Setup, seen, steady } from './ground.ts'
import { describeKeeping } from './keeping.ts'
import { describePower } from './power.ts'
import { describeScreens } from './screens.ts'
import { describeSnapshots } from './snapshots.ts'
import { describeUsedFiles } from './used-files.ts'

/**
 * What every provider keeps to, on its real tool or its pretended world. A provider is done when this passes; where the tool
 * is not there the whole counts as skipped and says why.
 */
export function describeProvider(name: string, setup: Setup): void {
  const title = setup.missing === null ? name : `${name} (not here: ${setup.missing})`
  describe.skipIf(setup.missing !== null)(title, () => {
    let current: Ground | null = null
    const ground = (): Ground => {
      if (current === null) throw new Error('not started')
      return current
    }
    beforeAll(async () => {
      current = await setup.start()
    }, 120_000)

    describeWhole(ground, setup)
    describePower(ground, setup)
    if (setup.facets.includes('consoles')) describeConsoles(ground)
    if (setup.facets.includes('screens')) describeScreens(ground)
    describeKeeping(ground, setup)
    if (setup.hasFiles === true) describeUsedFiles(ground)
    if (setup.facets.includes('snapshots')) describeSnapshots(ground)
    describeCancelling(ground, setup)

    afterAll(async () => {
      expect(await ground().leave(), 'left behind').toEqual([])
    }, 120_000)
  })
}

function describeWhole(ground: () => Ground, setup: Setup): void {
  describe('what it says of itself', () => {
    it('has an endpoint that is ready, on a host it names', async () => {
      const { hosts, endpoints } = await ground().provider.probe(op())
      const mine = endpoints.find((one) => one.id === ground().endpointId)
      expect(mine?.state).toBe('ready')
      expect(hosts.map((one) => one.id)).toContain(mine?.hostId)
      for (const endpoint of endpoints) {
        expect(endpoint.id.startsWith(`${ground().provider.id}:`)).toBe(true)
        expect(endpoint.error === null).toBe(endpoint.state === 'ready' || endpoint.state === 'checking')
      }
    })

    it('can do what it is known for, no more and no less', () => {
      expect([...capabilitiesOf(ground().provider)].sort()).toEqual([...setup.facets].sort())
      expect(ground().provider.usedFiles !== undefined).toBe(setup.hasFiles === true)
    })

    it('says in both languages what it never does and what a machine withholds', async () => {
      const machines = await ground().provider.list(ground().endpointId, op())
      const texts = [
        ...Object.values(ground().provider.unsupported),
        ...machines.flatMap((one) => Object.values(one.withheld)),
      ]
      for (const text of texts) {
        for (const locale of ['en', 'ko'] as const) {
          const sentence = write(text, locale)
          expect(sentence).not.toBe(text.key)
          expect(sentence).not.toMatch(/\{\w+\}/)
        }
      }
    })
  })

  describe('looking', () => {
    it('lists a machine that was made, once, and reads the same of it', async () => {
      const id = await make(ground(), 'seen')
      const listed = (await ground().provider.list(ground().endpointId, op())).filter((one) => one.id === id)
      expect(listed).toHaveLength(1)
      expect(await readNow(ground(), id)).toEqual(listed[0])
      expect(listed[0]).toMatchObject({ name: expect.stringContaining('seen'), endpointId: ground().endpointId })
    })

    it('has no machine twice', async () => {
      const ids = (await ground().provider.list(ground().endpointId, op())).map((one) => one.id)
      expect(new Set(ids).size).toBe(ids.length)
    })

    it('reads null of a machine that does not exist, and finds no details of it', async () => {
      const id = `${ground().provider.id}:${ground().endpointId.split(':')[1]}/00000000-nobody` as const
      expect(await ground().provider.read(id, op())).toBeNull()
      expect((await errorFrom(ground().provider.details(id, op()))).code).toBe('not-found')
      expect((await errorFrom(ground().provider.power.start(id, op()))).code).toBe('not-found')
    })

    it('shows details whose labels are sentences in both languages', async () => {
      const id = await make(ground(), 'detailed')
      const { facts, notices } = await ground().provider.details(id, op())
      expect(facts.length).toBeGreaterThan(0)
      for (const text of [...facts.map((one) => one.label), ...notices.map((one) => one.text)]) {
        expect(write(text, 'ko')).not.toBe(text.key)
        expect(write(text, 'en')).not.toMatch(/\{\w+\}/)
      }
    })

    it('notices what others do', async () => {
      const id = await make(ground(), 'outside')
      await ground().provider.power.start(id, op())
      let told = 0
      const stop = ground().provider.watch(() => {
        told += 1
      })
      await ground().stopOutside(id)
      await seen(ground(), async () => (await steady(ground(), id)).state !== 'running')
      await seen(ground(), async () => told > 0)
      stop()
    })
  })
}
