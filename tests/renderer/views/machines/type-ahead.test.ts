import { describe, expect, test } from 'vitest'
import { nearestName } from '../../../../renderer/views/machines/search.ts'
import { createTypeAhead } from '../../../../renderer/views/machines/type-ahead.ts'

function type(letters: string, everyMs = 100) {
  const typed = createTypeAhead()
  let last = typed(letters[0] ?? '', 0)
  for (let index = 1; index < letters.length; index += 1) last = typed(letters[index] ?? '', index * everyMs)
  return last
}

describe('letters typed in the list', () => {
  test('join to the beginning of a name', () => {
    expect(type('win').matches('Win11-dev')).toBe(true)
    expect(type('win').matches('web-api')).toBe(false)
  })
  test('begin anew after half a second', () => {
    expect(type('wa', 600).matches('alpine')).toBe(true)
    expect(type('wa', 400).matches('alpine')).toBe(false)
  })
  test('go on to the next name when the same letter is repeated', () => {
    const repeated = type('aaa')
    expect(repeated.isRepeat).toBe(true)
    expect(repeated.matches('alpine')).toBe(true)
  })
  test('compose Hangul letter by letter, half a syllable included', () => {
    expect(type('ㅎㅏㄴ').matches('한글 서버')).toBe(true)
    expect(type('ㅎㅏㄴㄱㅡ').matches('한글 서버')).toBe(true)
    expect(type('ㅎㅏ').matches('실습용')).toBe(false)
  })
  test('find a Korean name by the Latin keys it was typed with', () => {
    expect(type('gks').matches('한글 서버')).toBe(true)
  })
})

describe('the nearest name', () => {
  const names = ['win11-dev', 'web-api', '실습용 우분투 서버']
  test('is offered for a slip', () => {
    expect(nearestName('wim11', names)).toBe('win11-dev')
    expect(nearestName('실슴용', names)).toBe('실습용 우분투 서버')
  })
  test('is not guessed for something else', () => {
    expect(nearestName('postgres', names)).toBeNull()
  })
})
