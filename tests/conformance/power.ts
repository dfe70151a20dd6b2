import { describe, expect, it } from 'vitest'
import { errorOf } from '../../app/domain/errors.ts'
import { errorFrom, facet, type Ground, make, op, type Setup, steady } from './ground.ts'

/** Running and stopping, and that a fresh look agrees with what was promised. */
export function describePower(ground: () => Ground, { facets }: Setup): void {
  describe('power', () => {
    it('starts and powers off, and starting or stopping again changes nothing', async () => {
      const id = await make(ground(), 'power')
      const { power } = ground().provider
      await power.start(id, op())
      expect((await steady(ground(), id)).state).toBe('running')
      await power.start(id, op())
      expect((await steady(ground(), id)).state).toBe('running')
      await power.powerOff(id, op())
      expect((await steady(ground(), id)).state).toBe('stopped')
      await power.powerOff(id, op())
      await power.shutDown(id, op())
      expect((await steady(ground(), id)).state).toBe('stopped')
    })

    it('asks a machine to shut down, says how long it waits, and settles when it is off', async () => {
      const id = await make(ground(), 'asked')
      await ground().provider.power.start(id, op())
      await ground().write(id, 'up')
      const asked = op()
      await ground().provider.power.shutDown(id, asked)
      expect((await steady(ground(), id)).state).toBe('stopped')
      const wait = asked.steps.find((step) => step.wait !== undefined)?.wait
      expect(wait?.limitMs).toBeGreaterThan(0)
      expect(Number.isNaN(Date.parse(wait?.since ?? ''))).toBe(false)
    })

    it('works on different machines at the same time', async () => {
      const ids = await Promise.all([make(ground(), 'one'), make(ground(), 'two'), make(ground(), 'three')])
      const { power } = ground().provider
      await Promise.all(ids.map((id) => power.start(id, op())))
      expect(await Promise.all(ids.map(async (id) => (await steady(ground(), id)).state))).toEqual(
        ids.map(() => 'running'),
      )
      await Promise.all(ids.map((id) => power.powerOff(id, op())))
      expect(await Promise.all(ids.map(async (id) => (await steady(ground(), id)).state))).toEqual(
        ids.map(() => 'stopped'),
      )
    })

    if (facets.includes('pause')) {
      it('pauses and resumes', async () => {
        const { power } = ground().provider
        const pause = facet(ground(), 'pause')
        const id = await make(ground(), 'paused')
        await power.start(id, op())
        await pause.pause(id, op())
        expect((await steady(ground(), id)).state).toBe('paused')
        await pause.pause(id, op())
        await pause.resume(id, op())
        expect((await steady(ground(), id)).state).toBe('running')
        await pause.resume(id, op())
        expect((await steady(ground(), id)).state).toBe('running')
        await power.powerOff(id, op())
        expect((await errorFrom(pause.pause(id, op()))).code).toBe('wrong-state')
      })
    }

    it('resets and restarts, and the machine runs afterwards', async () => {
      const { reset, restart, power } = ground().provider
      const id = await make(ground(), 'again')
      await power.start(id, op())
      // SeaBIOS that is reset within its first instants hangs, whatever the hardware: what is reset here has booted.
      await ground().read(id)
      await reset?.reset(id, op())
      expect((await steady(ground(), id)).state).toBe('running')
      await ground().write(id, 'up')
      await restart?.restart(id, op())
      expect((await steady(ground(), id)).state).toBe('running')
    })

    if (facets.includes('suspend')) {
      it('suspends to disk, resumes with what it had, and discards what it kept', async () => {
        const { power } = ground().provider
        const suspend = facet(ground(), 'suspend')
        const id = await make(ground(), 'asleep')
        await power.start(id, op())
        await ground().write(id, 'before sleeping')
        await suspend.suspend(id, op())
        expect((await steady(ground(), id)).state).toBe('suspended')
        await power.start(id, op())
        expect((await steady(ground(), id)).state).toBe('running')
        expect(await ground().read(id)).toBe('before sleeping')
        await suspend.suspend(id, op())
        await suspend.discard(id, op())
        expect((await steady(ground(), id)).state).toBe('stopped')
      })
    }

    it('gives figures of what runs, and leaves out what does not', async () => {
      const { stats, power } = ground().provider
      const id = await make(ground(), 'measured')
      await power.start(id, op())
      await stats?.read([id], op())
      const figures = (await stats?.read([id], op())) ?? []
      for (const one of figures) {
        expect(one.id).toBe(id)
        expect(one.cpuPercent === null || one.cpuPercent >= 0).toBe(true)
      }
      await power.powerOff(id, op())
      const nobody = `${ground().provider.id}:nobody` as const
      const after = await stats?.read([nobody], op()).catch((thrown: unknown) => errorOf(thrown).code)
      expect(after ?? []).toEqual([])
    })
  })
}
