import { describe, expect, it } from 'vitest'
import { write } from '../../app/messages/write.ts'
import { errorFrom, facet, type Ground, make, op } from './ground.ts'
import { talkTo } from './talk.ts'

/** That every console a machine offers can be reached and says something. */
export function describeConsoles(ground: () => Ground): void {
  describe('consoles', () => {
    it('offers consoles that give bytes while the machine runs', async () => {
      const { power } = ground().provider
      const consoles = facet(ground(), 'consoles')
      const id = await make(ground(), 'console')
      await power.start(id, op())
      await ground().write(id, 'said')
      const options = await consoles.options(id, op())
      expect(new Set(options.map((one) => one.id)).size).toBe(options.length)
      const open = options.filter((one) => one.withheld === null && one.kind !== 'screen')
      expect(open.length).toBeGreaterThan(0)
      for (const option of options) {
        expect(write(option.label, 'ko')).not.toMatch(/\{\w+\}/)
        if (option.withheld !== null) expect(write(option.withheld, 'ko')).not.toBe(option.withheld.key)
      }
      const [best] = open
      const target = await consoles.target(id, best?.id ?? '', { user: null, folder: null }, op())
      const talk = await talkTo(target)
      talk.type('\n')
      await talk.until(/\S/)
      talk.end()
    })

    it('says why a console cannot be opened while the machine is off', async () => {
      const consoles = facet(ground(), 'consoles')
      const id = await make(ground(), 'dark')
      for (const option of await consoles.options(id, op())) {
        if (option.withheld === null) continue
        const error = await errorFrom(consoles.target(id, option.id, { user: null, folder: null }, op()))
        expect(error.code).toBe('wrong-state')
      }
      const unknown = await errorFrom(consoles.target(id, 'no-such-console', { user: null, folder: null }, op()))
      expect(['not-found', 'invalid-input']).toContain(unknown.code)
    })

    it('keeps a short tail of what was said as plain text', async () => {
      const consoles = facet(ground(), 'consoles')
      const id = await make(ground(), 'tail')
      const tail = await consoles.tail(id, 5, op())
      if (tail === null) return
      expect(tail.split('\n').length).toBeLessThanOrEqual(6)
      expect(tail).not.toContain('\x1b')
    })
  })
}
