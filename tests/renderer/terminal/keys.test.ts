import { describe, expect, it } from 'vitest'
import { terminalKeyOf, terminalKeyText } from '../../../renderer/terminal/keys.ts'

function press(code: string, key: string, rest: Partial<KeyboardEvent> = {}): KeyboardEvent {
  const none = { ctrlKey: false, shiftKey: false, altKey: false, metaKey: false, isComposing: false }
  return { code, key, ...none, ...rest } as KeyboardEvent
}
const shifted = { ctrlKey: true, shiftKey: true }

describe('a terminal’s own keys', () => {
  it('take Shift on Windows and Linux: Ctrl alone is the guest’s', () => {
    expect(terminalKeyOf(press('KeyC', 'C', shifted), false)).toBe('copy')
    expect(terminalKeyOf(press('KeyV', 'V', shifted), false)).toBe('paste')
    expect(terminalKeyOf(press('KeyF', 'F', shifted), false)).toBe('find')
    expect(terminalKeyOf(press('KeyC', 'c', { ctrlKey: true }), false)).toBeNull()
  })

  it('are ⌘ alone on a Mac', () => {
    expect(terminalKeyOf(press('KeyC', 'c', { metaKey: true }), true)).toBe('copy')
    expect(terminalKeyOf(press('KeyC', 'c', { ctrlKey: true }), true)).toBeNull()
  })

  it('work while the Hangul input is on, but never while a syllable is being made', () => {
    expect(terminalKeyOf(press('KeyC', 'ㅊ', shifted), false)).toBe('copy')
    expect(terminalKeyOf(press('KeyC', 'ㅊ', { ...shifted, isComposing: true }), false)).toBeNull()
  })

  it('are written as the platform writes keys', () => {
    expect(terminalKeyText('copy', true)).toBe('⌘C')
    expect(terminalKeyText('find', false)).toBe('Ctrl+Shift+F')
  })
})
