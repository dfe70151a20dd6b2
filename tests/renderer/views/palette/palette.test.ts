import { describe, expect, test } from 'vitest'
import { matchText } from '../../../../renderer/views/palette/fuzzy.ts'
import type { PaletteItem } from '../../../../renderer/views/palette/palette-items.ts'
import { rankItems } from '../../../../renderer/views/palette/rank-items.ts'

const marked = (query: string, text: string): string | null => {
  const match = matchText(query, text)
  return match === null ? null : match.at.map((index) => text[index]).join('')
}

describe('finding in the palette', () => {
  test.each([
    ['sna', 'Take snapshot', 'sna'],
    ['ts', 'Take snapshot', 'Ts'],
    ['tasn', 'Take snapshot', 'Tasn'],
    ['ㅅㄴㅅ', '스냅샷 찍기', '스냅샷'],
    ['ㅅㄴㅅ ㅉ', '스냅샷 찍기', '스냅샷찍'],
    ['스내', '스냅샷 찍기', '스냅'],
    ['SHUT', 'Shut down', 'Shut'],
  ])('%s finds %s', (query, text, found) => {
    expect(marked(query, text)?.toLowerCase()).toBe(found.toLowerCase())
  })

  test.each([
    ['xyz', 'Take snapshot'],
    ['ㅋㅋ', '스냅샷 찍기'],
    ['tx', 'Terminals of every machine that runs here, in a box'],
  ])('%s does not find %s', (query, text) => {
    expect(matchText(query, text)).toBeNull()
  })

  test("a word's beginning beats its middle, and the first word the second", () => {
    const score = (text: string): number => matchText('sta', text)?.score ?? 0
    expect(score('Start')).toBeGreaterThan(score('Ask to start'))
    expect(score('Ask to start')).toBeGreaterThan(score('Upstart'))
  })
})

const item = (id: string, label: string, more: Partial<PaletteItem> = {}): PaletteItem => ({
  id,
  section: 'with',
  label,
  otherWords: '',
  icon: null,
  mark: null,
  command: null,
  end: null,
  reason: null,
  isDisruptive: false,
  machineId: null,
  run: () => {},
  ...more,
})

describe('the order of the palette', () => {
  test('what cannot be done stays, last', () => {
    const items = [item('a', 'Suspend', { reason: 'No.' }), item('b', 'Ask to suspend')]
    expect(rankItems(items, 'suspend', [])[0]?.items.map((ranked) => ranked.item.id)).toEqual(['b', 'a'])
  })
  test('a verb that disrupts is not proposed again because it was used last', () => {
    const items = [item('off', 'Power off…', { isDisruptive: true }), item('console', 'Open console')]
    const [first] = rankItems(items, '', ['off', 'console'])
    expect(first?.items.map((ranked) => ranked.item.id)).toEqual(['console'])
  })
  test('of two that fit about as well the harmless one comes first', () => {
    const items = [item('reset', 'Reset…', { isDisruptive: true }), item('restore', 'Restore a snapshot…')]
    expect(rankItems(items, 're', [])[0]?.items.map((ranked) => ranked.item.id)).toEqual(['restore', 'reset'])
  })
  test('words of the other language find as well', () => {
    const [section] = rankItems([item('a', 'Take snapshot', { otherWords: '스냅샷 찍기' })], 'ㅅㄴㅅ', [])
    expect(section?.items).toMatchObject([{ item: { id: 'a' }, at: [] }])
  })
  test('the last five come first while nothing is typed, and only once', () => {
    const items = ['a', 'b', 'c', 'd', 'e', 'f', 'g'].map((id) => item(id, id))
    const sections = rankItems(items, '', ['g', 'gone', 'f', 'e', 'd', 'c', 'b'])
    expect(sections.map((section) => section.items.map((ranked) => ranked.item.id).join(''))).toEqual(['gfedc', 'ab'])
  })
})
