import { connectTo } from '../../support/client.ts'
import { makeHome, removeHome, serve } from '../../support/window.ts'
import { type Figure, p95 } from '../figure.ts'
import { environmentOf, labWithMachines } from '../virtualbox-machines.ts'

const rounds = 15
const limitMs = 1_000

/**
 * One of 100 machines is paused, resumed and given another memory by VBoxManage: from the beginning of the command to a client of
 * ours. The floor is the command's own time.
 */
export const figure: Figure = {
  name: 'change.virtualbox',
  unit: 'ms',
  reach: `≤ ${limitMs} ms, p95`,
  isReached: ({ value }) => value <= limitMs,
  async measure() {
    const lab = await labWithMachines('bench-change', 98)
    const home = await makeHome()
    try {
      const running = await lab.make('running')
      const resting = await lab.make('resting')
      await lab.manage('startvm', running, '--type', 'headless')
      const berth = await serve({ home, env: environmentOf(lab) })
      const client = await connectTo(berth.address)
      try {
        const waiting = new Map<string, (moment: number) => void>()
        client.on('inventory.changed', ({ upserts }) => {
          for (const { id, state, memoryBytes } of upserts) {
            for (const name of [`${id} ${state}`, `${id} ${memoryBytes}`]) {
              waiting.get(name)?.(performance.now())
              waiting.delete(name)
            }
          }
        })
        const next = (uuid: string, what: string): Promise<number> =>
          new Promise((resolve) => waiting.set(`virtualbox:${uuid} ${what}`, resolve))
        const isListed = async (): Promise<boolean> =>
          (await client.call('inventory.get')).machines.some(
            ({ id, state }) => id === `virtualbox:${running}` && state === 'running',
          )
        if (!(await isListed())) await next(running, 'running')

        const values: number[] = []
        const floors: number[] = []
        const measure = async (args: readonly string[], uuid: string, what: string): Promise<void> => {
          const heard = next(uuid, what)
          const start = performance.now()
          await lab.manage(...args)
          floors.push(performance.now() - start)
          values.push((await heard) - start)
        }
        for (let round = 0; round < rounds; round += 1) {
          await measure(['controlvm', running, 'pause'], running, 'paused')
          await measure(['controlvm', running, 'resume'], running, 'running')
          const megabytes = 64 + round
          const memory = ['modifyvm', resting, '--memory', String(megabytes)]
          await measure(memory, resting, String(megabytes * 1024 * 1024))
        }
        return { value: p95(values), floor: p95(floors) }
      } finally {
        client.close()
        berth.server.kill()
        await berth.exited
      }
    } finally {
      await lab.leave()
      await removeHome(home)
    }
  },
}
