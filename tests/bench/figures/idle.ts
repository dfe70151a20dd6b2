import { setTimeout as delay } from 'node:timers/promises'
import { openDisplay } from '../../support/display.ts'
import { missingVirtualBox } from '../../support/virtualbox-lab.ts'
import { makeHome, openElectron, removeHome } from '../../support/window.ts'
import { daemonWithContainers } from '../containers.ts'
import { openEmptyWindow } from '../empty-window.ts'
import type { Figure } from '../figure.ts'
import { type ProcessStat, secondsOf, treeOf } from '../processes.ts'
import { createMachines } from '../qemu-machines.ts'
import { environmentOf, labWithMachines } from '../virtualbox-machines.ts'

const watchedMs = 30_000
/** Boot tests, first lists and pictures are over by then, and what the JavaScript engines tidy up after them too. */
const settlingMs = 60_000
const limitPercent = 0.5

/**
 * What an open window costs that nobody touches, with 200 containers, 20 QEMU machines and, where VirtualBox is there, 100 of its:
 * all of Berth's processes together. The floor is an empty window, watched at the same time: a process that wakes on an idle
 * virtual computer is charged for what its host does to wake it, 1 to 40 ms each time.
 */
export const figure: Figure = {
  name: 'idle',
  unit: '%',
  reach: `≤ floor + ${limitPercent} % of a core, no process started`,
  isReached: ({ value, floor }) => floor !== null && value - floor <= limitPercent,
  async measure(say) {
    const dockerd = await daemonWithContainers(200, 20)
    const home = await makeHome({ firstRunDone: true })
    const lab = missingVirtualBox === null ? await labWithMachines('bench-idle', 100) : null
    if (lab === null) say(`without VirtualBox machines: ${missingVirtualBox}`)
    try {
      await createMachines(home, 20)
      const berth = await openElectron({ home, env: { ...dockerd.env, ...(lab === null ? {} : environmentOf(lab)) } })
      try {
        await berth.page.getByRole('row').first().waitFor()
        const display = await openDisplay()
        const empty = await openEmptyWindow(display.name)
        await delay(settlingMs)
        const before = await treeOf(berth.pid)
        const emptyBefore = await treeOf(empty.pid)
        const started = await newcomersDuring(berth.pid, watchedMs)
        const after = await treeOf(berth.pid)
        const emptyAfter = await treeOf(empty.pid)
        await empty.app.close()
        await display.close()
        if (started.length > 0) throw new Error(`processes were started while nothing happened: ${started.join(', ')}`)
        for (const { pid, name, ticks } of after) {
          const was = before.find((one) => one.pid === pid)?.ticks ?? 0
          if (ticks > was) say(`${name}: ${((ticks - was) / (watchedMs / 1000)).toFixed(2)} %`)
        }
        return { value: shareOf(before, after), floor: shareOf(emptyBefore, emptyAfter) }
      } finally {
        await berth.close()
      }
    } finally {
      await lab?.leave()
      await dockerd.close()
      await removeHome(home)
    }
  },
}

/** Of a core, in percent. */
function shareOf(before: readonly ProcessStat[], after: readonly ProcessStat[]): number {
  return (100 * (secondsOf(after) - secondsOf(before)) * 1000) / watchedMs
}

/** Processes that join the tree, however briefly: looked at often, from outside. */
async function newcomersDuring(root: number, spanMs: number): Promise<readonly string[]> {
  const known = new Set((await treeOf(root)).map(({ pid }) => pid))
  const newcomers: string[] = []
  const deadline = Date.now() + spanMs
  while (Date.now() < deadline) {
    for (const { pid, name } of await treeOf(root)) {
      if (known.has(pid)) continue
      known.add(pid)
      newcomers.push(name)
    }
    await delay(50)
  }
  return newcomers
}
