import type { ScreenArea, ScreenTakes } from '../../../app/domain/screen.ts'
import type { ScreenEvents } from '../../screen/source.ts'
import type { Hand, PretendedScreen } from './screens.ts'

const barHeight = 28
const tickMs = 1_000
const pointerPixels = 10

type Colour = readonly [red: number, green: number, blue: number]
const white: Colour = [244, 246, 248]
const ink: Colour = [22, 34, 46]
const accent: Colour = [92, 176, 224]

/** A pretended desktop: two windows, a bar whose light goes on and off, a pointer that follows, lines that keys draw. */
export function createPixelScreen(pointer: 'relative' | 'absolute'): PretendedScreen {
  // Whoever places the pointer has the guest's drivers, so that the screen takes any size too.
  const resize = pointer === 'absolute'
  const takes: ScreenTakes = { keyboard: true, pointer, text: false, resize }
  let width = 800
  let height = 600
  let pixels = new Uint8Array(width * height * 4)
  const watching = new Set<ScreenEvents>()
  let at = { x: width / 2, y: height / 2 }
  let keys = 0
  let isLit = false

  const paint = ({ x, y, width: wide, height: high }: ScreenArea, colourAt: (x: number, y: number) => Colour): void => {
    for (let row = Math.max(0, y); row < Math.min(height, y + high); row += 1) {
      for (let column = Math.max(0, x); column < Math.min(width, x + wide); column += 1) {
        pixels.set([...colourAt(column, row), 255], (row * width + column) * 4)
      }
    }
  }
  const tell = (area: ScreenArea, to: Iterable<ScreenEvents> = watching): void => {
    const x = Math.max(0, area.x)
    const y = Math.max(0, area.y)
    const fitting = {
      x,
      y,
      width: Math.min(width, area.x + area.width) - x,
      height: Math.min(height, area.y + area.height) - y,
    }
    const data = new Uint8Array(fitting.width * fitting.height * 4)
    for (let row = 0; row < fitting.height; row += 1) {
      const from = ((y + row) * width + x) * 4
      data.set(pixels.subarray(from, from + fitting.width * 4), row * fitting.width * 4)
    }
    for (const events of to) events.area(fitting, data)
  }

  const inWindow = (x: number, y: number): Colour | null => {
    if (x >= 90 && x < 470 && y >= 90 && y < 400) return y < 120 ? [226, 230, 234] : white
    if (x >= 380 && x < 720 && y >= 250 && y < 520) return y < 276 ? [52, 62, 72] : ink
    return null
  }
  const scene = (x: number, y: number): Colour => {
    if (y < barHeight) return isLit && x > width - 26 && x < width - 14 && y > 8 && y < 20 ? accent : [16, 26, 36]
    const window = inWindow(x, y)
    if (window !== null) return window
    const shade = y / height
    return [40 + 70 * shade, 84 + 80 * shade, 110 + 60 * shade].map(Math.round) as unknown as Colour
  }
  const drawn = (x: number, y: number): Colour => {
    const index = Math.floor((y - 290) / 10)
    const isLine = y >= 290 && index < Math.min(keys, 22) && (y - 290) % 10 < 4
    if (isLine && x >= 394 && x < 420 + ((index * 61) % 270)) return accent
    return scene(x, y)
  }
  const isPointer = (x: number, y: number): boolean => x >= at.x && y >= at.y && x - at.x + (y - at.y) < pointerPixels
  const all = (x: number, y: number): Colour => (isPointer(x, y) ? white : drawn(x, y))

  const show = (area: ScreenArea): void => {
    paint(area, all)
    tell(area)
  }
  const around = (): ScreenArea => ({
    x: Math.round(at.x),
    y: Math.round(at.y),
    width: pointerPixels + 1,
    height: pointerPixels + 1,
  })
  const move = (x: number, y: number): void => {
    const before = around()
    at = { x: Math.min(width - 1, Math.max(0, x)), y: Math.min(height - 1, Math.max(0, y)) }
    show(before)
    show(around())
  }

  paint({ x: 0, y: 0, width, height }, all)
  const clock = setInterval(() => {
    isLit = !isLit
    if (watching.size > 0) show({ x: width - 32, y: 0, width: 32, height: barHeight })
  }, tickMs)
  clock.unref()

  return {
    attach(events): Hand {
      events.pixels(width, height)
      tell({ x: 0, y: 0, width, height }, [events])
      watching.add(events)
      return {
        takes,
        key(_code, isDown) {
          if (!isDown) return
          keys = keys === 22 ? 0 : keys + 1
          show({ x: 390, y: 280, width: 320, height: 240 })
        },
        type() {},
        pointer(input) {
          if (input.kind === 'at') move(input.x, input.y)
          else move(at.x + input.dx, at.y + input.dy)
        },
        resize(nextWidth, nextHeight) {
          width = nextWidth
          height = nextHeight
          pixels = new Uint8Array(width * height * 4)
          at = { x: Math.min(at.x, width - 1), y: Math.min(at.y, height - 1) }
          for (const watcher of watching) watcher.pixels(width, height)
          show({ x: 0, y: 0, width, height })
        },
        detach: () => watching.delete(events),
      }
    },
    end() {
      clearInterval(clock)
      watching.clear()
    },
  }
}
