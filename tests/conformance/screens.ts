import { describe, expect, it } from 'vitest'
import type { MachineId } from '../../app/domain/ids.ts'
import type { ScreenSource } from '../../main/screen/source.ts'
import { errorFrom, facet, type Ground, make, op } from './ground.ts'

interface Seen {
  readonly source: ScreenSource
  /** Settles once a mode and something in it were given. */
  readonly picture: Promise<void>
  readonly ended: Promise<void>
}

/** Opens the first screen as Berth does, and asks for pictures as long as they come. */
async function see(ground: Ground, id: MachineId, consoleId: string): Promise<Seen> {
  let size = [0, 0]
  let pictured = (): void => {}
  let end = (): void => {}
  const picture = new Promise<void>((resolve) => {
    pictured = resolve
  })
  const ended = new Promise<void>((resolve) => {
    end = resolve
  })
  const mode = (width: number, height: number): void => {
    size = [width, height]
  }
  const given = (): void => {
    expect(Math.min(...size), 'the mode is said first').toBeGreaterThan(0)
    pictured()
    setImmediate(() => source.next())
  }
  const source = await facet(ground, 'screens').open(
    id,
    consoleId,
    { takeOver: false },
    {
      text: mode,
      pixels: mode,
      cells: given,
      area: given,
      cursor: () => {},
      picture(width, height) {
        mode(width, height)
        given()
      },
      takes: () => {},
      ended: end,
    },
    op(),
  )
  source.next()
  return { source, picture, ended }
}

/** That every screen a machine offers gives a picture, and only while it runs. */
export function describeScreens(ground: () => Ground): void {
  describe('screens', () => {
    const screenOf = async (id: MachineId): Promise<string> => {
      const options = await facet(ground(), 'consoles').options(id, op())
      const screen = options.find((one) => one.kind === 'screen')
      expect(screen, 'a console of kind screen').toBeDefined()
      return screen?.id ?? ''
    }

    it('gives a picture while the machine runs, again to whoever comes again, and takes keys', async () => {
      const id = await make(ground(), 'screen')
      await ground().provider.power.start(id, op())
      const consoleId = await screenOf(id)
      for (const round of ['first', 'second']) {
        const { source, picture } = await see(ground(), id, consoleId)
        await picture
        if (source.takes.keyboard) {
          source.key('Enter', true)
          source.key('Enter', false)
        }
        source.close()
        source.close()
        expect(source.key('Enter', true), `${round}: silent once closed`).toBeUndefined()
      }
      await ground().provider.power.powerOff(id, op())
    })

    it('says that it is over when its machine stops', async () => {
      const id = await make(ground(), 'screen-ends')
      await ground().provider.power.start(id, op())
      const { picture, ended } = await see(ground(), id, await screenOf(id))
      await picture
      await ground().provider.power.powerOff(id, op())
      await ended
    })

    it('is not had from a machine that is off, nor under a name that there is not', async () => {
      const id = await make(ground(), 'screen-off')
      const options = await facet(ground(), 'consoles').options(id, op())
      for (const { withheld } of options.filter((one) => one.kind === 'screen')) expect(withheld).not.toBeNull()
      const consoleId = await screenOf(id)
      expect((await errorFrom(see(ground(), id, consoleId))).code).toBe('wrong-state')
      await ground().provider.power.start(id, op())
      expect(['not-found', 'unsupported']).toContain((await errorFrom(see(ground(), id, 'no-such-screen'))).code)
      await ground().provider.power.powerOff(id, op())
    })
  })
}
