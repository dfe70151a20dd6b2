import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { keyCodes } from '../../../app/domain/scan-codes.ts'
import { chordText, createKeys, specialChords } from '../../../renderer/screen/keys.ts'

function keyboard(isMac = false) {
  const sent: string[] = []
  let lets = 0
  const keys = createKeys(
    (code, isDown) => sent.push(`${isDown ? '+' : '-'}${code}`),
    () => {
      lets += 1
    },
    { isMac },
  )
  return { keys, sent, lets: () => lets, down: press(keys.down), up: press(keys.up) }
}
const press =
  (give: (event: { code: string; key: string; repeat?: boolean }) => void) =>
  (code: string, more: { key?: string; repeat?: boolean } = {}): void =>
    give({ code, key: more.key ?? code, ...(more.repeat === undefined ? {} : { repeat: more.repeat }) })

describe('a captured keyboard', () => {
  it('gives keys by their place, repeats too', () => {
    const { down, up, sent } = keyboard()
    down('KeyA', { key: 'ㅁ' })
    down('KeyA', { key: 'ㅁ', repeat: true })
    up('KeyA')
    expect(sent).toEqual(['+KeyA', '+KeyA', '-KeyA'])
  })

  it('is let go by Ctrl and Alt alone, in any order and on any side', () => {
    for (const [first, second] of [
      ['ControlLeft', 'AltLeft'],
      ['AltRight', 'ControlRight'],
    ] as const) {
      const { down, up, sent, lets } = keyboard()
      down(first)
      down(second)
      expect(lets()).toBe(0)
      up(first)
      expect(lets()).toBe(1)
      expect(sent.filter((one) => one.startsWith('-')).sort()).toEqual([`-${first}`, `-${second}`].sort())
    }
  })

  it('stays when something was pressed with Ctrl and Alt: that is the guest’s', () => {
    const { down, up, lets } = keyboard()
    for (const code of ['ControlLeft', 'AltLeft', 'F2']) down(code)
    for (const code of ['F2', 'AltLeft', 'ControlLeft']) up(code)
    expect(lets()).toBe(0)
  })

  it('stays for AltGr, which writes letters', () => {
    const { down, up, lets } = keyboard()
    down('ControlLeft')
    down('AltRight', { key: 'AltGraph' })
    up('AltRight', { key: 'AltGraph' })
    up('ControlLeft')
    expect(lets()).toBe(0)
  })

  it('lets go of all that is held when the window loses it, last pressed first', () => {
    const { down, keys, sent } = keyboard()
    for (const code of ['ControlLeft', 'ShiftLeft', 'KeyX']) down(code)
    keys.releaseAll()
    keys.releaseAll()
    expect(sent.slice(3)).toEqual(['-KeyX', '-ShiftLeft', '-ControlLeft'])
  })

  it('taps the keys that never say that they were let go', () => {
    const { down, up, sent } = keyboard()
    down('Lang1')
    down('Lang1', { repeat: true })
    up('PrintScreen')
    expect(sent).toEqual(['+Lang1', '-Lang1', '+PrintScreen', '-PrintScreen'])
  })

  it('on a Mac takes Caps Lock’s on and off for two taps, and lets go of what ⌘ swallowed', () => {
    const { down, up, sent } = keyboard(true)
    down('CapsLock')
    up('CapsLock')
    down('MetaLeft')
    down('KeyC')
    up('MetaLeft')
    expect(sent).toEqual([
      '+CapsLock',
      '-CapsLock',
      '+CapsLock',
      '-CapsLock',
      '+MetaLeft',
      '+KeyC',
      '-MetaLeft',
      '-KeyC',
    ])
  })

  it('holds nothing once it is let go, whatever was done to it', () => {
    const codes = fc.constantFrom('KeyA', 'ShiftLeft', 'ControlLeft', 'AltLeft', 'Lang1', 'MetaLeft', 'CapsLock')
    fc.assert(
      fc.property(fc.array(fc.tuple(codes, fc.boolean())), fc.boolean(), (events, isMac) => {
        const { down, up, keys, sent } = keyboard(isMac)
        for (const [code, isDown] of events) (isDown ? down : up)(code)
        keys.releaseAll()
        const held = new Set<string>()
        for (const one of sent) {
          if (one.startsWith('+')) held.add(one.slice(1))
          else held.delete(one.slice(1))
        }
        expect([...held]).toEqual([])
      }),
    )
  })
})

describe('special keys', () => {
  it('are pressed in order and let go in reverse', () => {
    const { keys, sent } = keyboard()
    keys.chord(['ControlLeft', 'AltLeft', 'Delete'])
    expect(sent).toEqual(['+ControlLeft', '+AltLeft', '+Delete', '-Delete', '-AltLeft', '-ControlLeft'])
  })

  it('are all on a keyboard, and each has a text of its own', () => {
    for (const code of specialChords.flat()) expect(keyCodes).toContain(code)
    expect(new Set(specialChords.map(chordText)).size).toBe(specialChords.length)
    expect(chordText(['ControlLeft', 'AltLeft', 'Delete'])).toBe('Ctrl+Alt+Delete')
  })
})
