import { describe, expect, test } from 'vitest'
import { commandOf, type KeyPress, keysOf, shortcuts, shortcutText } from '../../../renderer/keyboard/shortcuts.ts'

const press = (key: string, code: string, modifiers: string, isComposing = false): KeyPress => ({
  key,
  code,
  ctrlKey: modifiers.includes('ctrl'),
  shiftKey: modifiers.includes('shift'),
  altKey: modifiers.includes('alt'),
  metaKey: modifiers.includes('meta'),
  isComposing,
})
const linux = { isMac: false, inTerminal: false }
const mac = { isMac: true, inTerminal: false }

describe('shortcuts', () => {
  test('Ctrl+K opens the palette, ⌘K does on a Mac', () => {
    expect(commandOf(press('k', 'KeyK', 'ctrl'), linux)).toBe('palette')
    expect(commandOf(press('k', 'KeyK', 'meta'), mac)).toBe('palette')
    expect(commandOf(press('k', 'KeyK', 'meta'), linux)).toBeNull()
  })

  test('a shortcut works while the Hangul input is on', () => {
    expect(commandOf(press('ㅏ', 'KeyK', 'meta'), mac)).toBe('palette')
    expect(commandOf(press('ㄴ', 'KeyS', 'ctrl shift'), linux)).toBe('snapshot')
  })

  test('a layout with letters elsewhere keeps its own', () => {
    expect(commandOf(press('k', 'KeyV', 'ctrl'), linux)).toBe('palette')
    expect(commandOf(press('t', 'KeyK', 'ctrl'), linux)).toBe('terminal')
  })

  test('nothing fires while a syllable is being composed', () => {
    expect(commandOf(press('k', 'KeyK', 'ctrl', true), linux)).toBeNull()
  })

  test('a shell keeps Ctrl+K, Ctrl+F, Ctrl+N, Ctrl+B and Ctrl+T', () => {
    const inTerminal = { isMac: false, inTerminal: true }
    for (const letter of ['k', 'f', 'n', 'b', 't', 'd', 'w']) {
      expect(commandOf(press(letter, `Key${letter.toUpperCase()}`, 'ctrl'), inTerminal)).toBeNull()
    }
    expect(commandOf(press('F6', 'F6', ''), inTerminal)).toBeNull()
  })

  test('a terminal gives the window its own chords', () => {
    const inTerminal = { isMac: false, inTerminal: true }
    expect(commandOf(press('K', 'KeyK', 'ctrl shift'), inTerminal)).toBe('palette')
    expect(commandOf(press('T', 'KeyT', 'ctrl shift'), inTerminal)).toBe('terminal')
    expect(commandOf(press('`', 'Backquote', 'ctrl'), inTerminal)).toBe('dock')
    expect(commandOf(press('F6', 'F6', 'ctrl'), inTerminal)).toBe('nextPane')
    expect(commandOf(press('Tab', 'Tab', 'ctrl'), inTerminal)).toBe('nextTerminal')
  })

  test('who left a terminal by its chords goes on with them', () => {
    expect(commandOf(press('F6', 'F6', 'ctrl'), linux)).toBe('nextPane')
    expect(commandOf(press('K', 'KeyK', 'ctrl shift'), linux)).toBe('palette')
  })

  test('on a Mac ⌘ belongs to the window in a terminal too, and Control to the guest', () => {
    expect(commandOf(press('k', 'KeyK', 'meta'), { isMac: true, inTerminal: true })).toBe('palette')
    expect(commandOf(press('k', 'KeyK', 'ctrl'), { isMac: true, inTerminal: true })).toBeNull()
  })

  test('no two commands share a chord', () => {
    const commands = Object.keys(shortcuts) as (keyof typeof shortcuts)[]
    for (const column of ['mac', 'other'] as const) {
      const chords = commands.map((command) => JSON.stringify(shortcuts[command][column]))
      expect(new Set(chords).size).toBe(chords.length)
    }
    // Outside a terminal its own chords count too: none may be another command's there.
    for (const command of commands) {
      const shortcut = shortcuts[command]
      const own = 'inTerminal' in shortcut ? JSON.stringify(shortcut.inTerminal) : null
      const others = commands
        .filter((other) => other !== command)
        .map((other) => JSON.stringify(shortcuts[other].other))
      expect(others).not.toContain(own)
    }
  })

  test('are written as the platform writes them', () => {
    expect(shortcutText('snapshot', true)).toBe('⇧⌘S')
    expect(shortcutText('snapshot', false)).toBe('Ctrl+Shift+S')
    expect(shortcutText('start', false)).toBe('Ctrl+Enter')
    expect(keysOf('undoRestore', true)).toEqual(['⌥', '⌘', 'Z'])
  })
})
