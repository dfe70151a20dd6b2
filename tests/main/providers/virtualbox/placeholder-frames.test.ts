import { describe, expect, it } from 'vitest'
import { suppressPlaceholderFrames } from '../../../../main/providers/virtualbox/placeholder-frames.ts'

function seen() {
  const said: string[] = []
  const display = suppressPlaceholderFrames(
    {
      pixels: (width, height) => void said.push(`${width}×${height}`),
      area: ({ x, y, width, height }, pixels) => void said.push(`${x},${y} ${width}×${height} of ${pixels[0]}`),
    },
    () => said.push('sure'),
    () => said.push('held back'),
  )
  const area = (x: number, y: number, width: number, height: number, colour: number): void =>
    display.area({ x, y, width, height }, new Uint8Array(width * height * 4).fill(colour))
  return { said, display, area }
}

describe('the display of VirtualBox’s VNC extension', () => {
  it('is shown at once where it has the guest’s size already', () => {
    const { said, display, area } = seen()
    display.pixels(720, 400)
    area(0, 0, 720, 400, 1)
    area(9, 16, 9, 16, 2)
    expect(said).toEqual(['sure', '720×400', '0,0 720×400 of 1', '9,16 9×16 of 2'])
  })

  it('is not shown while it is the extension’s own, and whole as soon as it has the guest’s size', () => {
    const { said, display, area } = seen()
    display.pixels(640, 480)
    area(0, 0, 640, 480, 0)
    expect(said).toEqual(['held back'])
    display.pixels(640, 400)
    area(0, 0, 640, 400, 3)
    expect(said.slice(1)).toEqual(['sure', '640×400', '0,0 640×400 of 3'])
    display.pixels(800, 600)
    expect(said.at(-1)).toBe('800×600')
  })

  it('is shown from its first strip on where a large guest’s screen comes in strips', () => {
    const { said, display, area } = seen()
    display.pixels(640, 480)
    area(0, 0, 640, 480, 0)
    display.pixels(2560, 1600)
    area(0, 0, 2560, 400, 1)
    area(0, 400, 2560, 400, 2)
    expect(said.slice(1)).toEqual(['sure', '2560×1600', '0,0 2560×400 of 1', '0,400 2560×400 of 2'])
  })

  it('is shown when a guest of the same size is sent for the second time', () => {
    const { said, display, area } = seen()
    display.pixels(640, 480)
    area(0, 0, 640, 480, 0)
    area(0, 0, 640, 480, 4)
    expect(said.slice(1)).toEqual(['sure', '640×480', '0,0 640×480 of 0', '0,0 640×480 of 4'])
  })

  it('is shown with what came first when parts follow: it was the guest’s', () => {
    const { said, display, area } = seen()
    display.pixels(640, 480)
    area(0, 0, 640, 480, 5)
    area(8, 8, 8, 8, 6)
    expect(said).toEqual(['held back', 'sure', '640×480', '0,0 640×480 of 5', '8,8 8×8 of 6'])
  })
})
