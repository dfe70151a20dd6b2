import { openDisplay } from '../../support/display.ts'
import { makeHome, openElectron, removeHome } from '../../support/window.ts'
import { daemonWithContainers } from '../containers.ts'
import { openEmptyWindow } from '../empty-window.ts'
import { atMostTimes, type Figure, median } from '../figure.ts'

const rounds = 7

/**
 * From the launch of the program to its first machine on the screen, and to an empty window's only line. Berth has been used
 * before, as it has on every day but the first: it shows the machines of last time until the tools have answered. How long the
 * very first launch takes, which has to wait for the tools, is said beside it.
 */
export const figure: Figure = {
  name: 'cold.start',
  unit: 'ms',
  ...atMostTimes(1.5),
  async measure(say) {
    const dockerd = await daemonWithContainers(200, 20)
    const display = await openDisplay()
    const given = process.env.DISPLAY
    // One display for all rounds: what is measured is not how long an X server takes to start.
    process.env.DISPLAY = display.name
    const home = await makeHome({ firstRunDone: true })
    try {
      const values: number[] = []
      const floors: number[] = []
      // The first of each fills the system's file cache and does not count.
      for (let round = 0; round <= rounds; round += 1) {
        floors.push(await emptyWindow(display.name))
        values.push(await firstRow(home, dockerd.env))
      }
      say(`windows: ${floors.map(Math.round).join(' ')}; rows: ${values.map(Math.round).join(' ')}`)
      say(`the very first launch: ${values[0]?.toFixed(0)} ms`)
      return { value: median(values.slice(1)), floor: median(floors.slice(1)) }
    } finally {
      if (given === undefined) delete process.env.DISPLAY
      else process.env.DISPLAY = given
      await display.close()
      await dockerd.close()
      await removeHome(home)
    }
  },
}

/** Painted: the frame after the one in which it is there has begun. */
const whenPainted = (selector: string) =>
  new Promise<number>((resolve) => {
    const look = (): void => {
      if (document.querySelector(selector) === null) requestAnimationFrame(look)
      else requestAnimationFrame(() => resolve(performance.timeOrigin + performance.now()))
    }
    look()
  })

async function emptyWindow(display: string): Promise<number> {
  const startedAt = Date.now()
  const { app } = await openEmptyWindow(display)
  try {
    const page = await app.firstWindow()
    return (await page.evaluate(whenPainted, '#painted')) - startedAt
  } finally {
    await app.close()
  }
}

async function firstRow(home: string, env: Readonly<Record<string, string>>): Promise<number> {
  const startedAt = Date.now()
  const berth = await openElectron({ home, env })
  try {
    return (await berth.page.evaluate(whenPainted, '.row[role=row]')) - startedAt
  } finally {
    await berth.close()
  }
}
