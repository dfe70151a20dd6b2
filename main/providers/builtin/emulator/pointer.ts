import type { V86 } from 'v86'
import type { PointerInput, ScreenTakes } from '../../../../app/domain/screen.ts'
import type { Bus } from './internals.ts'

export interface Pointer {
  take(input: PointerInput): void
}

/** The guest's pointer: what it is, by which of its drivers have started, and what a person does with it. */
export function createPointer(emulator: V86, bus: Bus, changed: (kind: ScreenTakes['pointer']) => void): Pointer {
  let hasMouse = false
  let isAbsolute = false
  let kind: ScreenTakes['pointer'] = 'none'
  const settle = (): void => {
    const next = isAbsolute ? 'absolute' : hasMouse ? 'relative' : 'none'
    if (next === kind) return
    kind = next
    changed(kind)
  }
  let width = 1
  let height = 1
  emulator.add_listener('mouse-enable', (is) => {
    hasMouse = is
    settle()
  })
  emulator.add_listener('vmware-absolute-mouse', (is) => {
    isAbsolute = is
    settle()
  })
  emulator.add_listener('screen-set-size', ([across, down, depth]) => {
    // In text a place is a cell, eight pixels wide and sixteen high.
    width = depth === 0 ? across * 8 : across
    height = depth === 0 ? down * 16 : down
  })
  let buttons = 0

  return {
    take(input) {
      if (input.kind === 'at') bus.send('mouse-absolute', [input.x, input.y, width, height])
      // Up is positive for a PS/2 mouse.
      else if (input.dx !== 0 || input.dy !== 0) bus.send('mouse-delta', [input.dx, -input.dy])
      if (input.buttons !== buttons) {
        buttons = input.buttons
        bus.send('mouse-click', [(buttons & 1) !== 0, (buttons & 4) !== 0, (buttons & 2) !== 0])
      }
      if (input.wheelY !== 0) bus.send('mouse-wheel', [-input.wheelY, 0])
    },
  }
}
