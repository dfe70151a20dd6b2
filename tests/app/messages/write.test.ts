import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { en } from '../../../app/messages/en.ts'
import type { MessageKey } from '../../../app/messages/text.ts'
import { localeFor, write, writeParts } from '../../../app/messages/write.ts'

const keys = Object.keys(en) as readonly MessageKey[]

describe('write', () => {
  it('puts any value into its hole as it is, even one that looks like a hole', () => {
    const values = fc.oneof(fc.string(), fc.constantFrom('{name}', '$&', '$1', '{provider}', '‘’', '\n'))
    fc.assert(
      fc.property(values, (name) => {
        expect(write({ key: 'why.state.running', params: { name } }, 'en')).toBe(`${name} is running.`)
        expect(write({ key: 'why.state.running', params: { name } }, 'ko')).toBe(`‘${name}’ 머신이 실행 중입니다.`)
      }),
    )
  })

  it('keeps the parts of every sentence together: joined they are the sentence', () => {
    for (const key of keys) {
      for (const locale of ['en', 'ko'] as const) {
        const text = { key, params: { name: 'alpine', count: 2 } }
        expect(
          writeParts(text, locale)
            .map((part) => part.text)
            .join(''),
        ).toBe(write(text, locale))
      }
    }
  })

  it('marks what a hole was filled with, so that a name can be set apart', () => {
    expect(writeParts({ key: 'why.state.running', params: { name: 'خادم' } }, 'en')).toEqual([
      { text: 'خادم', hole: 'name' },
      { text: ' is running.', hole: null },
    ])
  })

  it('shows a hole without a value, and a key it does not know, instead of failing', () => {
    expect(write({ key: 'why.state.running' }, 'en')).toBe('{name} is running.')
    expect(write({ key: 'from.tomorrow' as MessageKey }, 'ko')).toBe('from.tomorrow')
  })

  it('sets the unit of a size that main wrote as the language does, and leaves names alone', () => {
    const text = { key: 'kept.error.needsSpace', params: { needed: '4.4 GB', free: '980 KB' } } as const
    expect(write(text, 'en')).toContain('4.4 GB')
    expect(write(text, 'ko')).toContain('4.4GB')
    expect(write(text, 'ko')).toContain('980KB')
    expect(write({ key: 'why.state.running', params: { name: '8 GB' } }, 'ko')).toContain('‘8 GB’')
  })

  it('chooses the plural by the number and writes the number as the language does', () => {
    const text = (count: number) => ({ key: 'inspect.lines', params: { count } }) as const
    expect(write(text(1), 'en')).toBe('1 line')
    expect(write(text(1234), 'en')).toBe('1,234 lines')
    expect(write(text(0), 'en')).toBe('0 lines')
    expect(write(text(1), 'ko')).toBe('1줄')
  })
})

describe('localeFor', () => {
  it.for([
    ['system', 'ko-KR', 'ko'],
    ['system', 'ko', 'ko'],
    ['system', 'kok-IN', 'en'],
    ['system', 'fr-FR', 'en'],
    ['system', '', 'en'],
    ['en', 'ko-KR', 'en'],
    ['ko', 'en-GB', 'ko'],
  ] as const)('speaks, set to %s on a system in %j, %s', ([setting, system, locale]) => {
    expect(localeFor(setting, system)).toBe(locale)
  })
})
