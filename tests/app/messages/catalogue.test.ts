import { describe, expect, it } from 'vitest'
import { en } from '../../../app/messages/en.ts'
import { ko } from '../../../app/messages/ko.ts'
import type { Message } from '../../../app/messages/text.ts'

const forms = (message: Message): readonly string[] =>
  typeof message === 'string' ? [message] : Object.values(message).filter((form) => typeof form === 'string')
const holes = (message: Message): readonly string[] =>
  [...new Set(forms(message).flatMap((form) => [...form.matchAll(/\{(\w+)\}/g)].map((match) => match[1] ?? '')))].sort()

const english = Object.entries(en) as readonly (readonly [string, Message])[]
const korean = Object.entries(ko) as readonly (readonly [string, Message])[]
/** Every written form with its key, to be searched for what may not be in it. */
const written = (entries: readonly (readonly [string, Message])[]): readonly (readonly [string, string])[] =>
  entries.flatMap(([key, message]) => forms(message).map((form) => [key, form] as const))

const offending = (entries: readonly (readonly [string, string])[], pattern: RegExp): readonly string[] =>
  entries.filter(([, form]) => pattern.test(form)).map(([key, form]) => `${key}: ${form}`)

describe('every sentence', () => {
  it('is there in both languages, with the same holes', () => {
    expect(Object.keys(ko).sort()).toEqual(Object.keys(en).sort())
    const uneven = english.filter(([key, message]) => {
      const other = ko[key as keyof typeof ko]
      return JSON.stringify(holes(message)) !== JSON.stringify(holes(other))
    })
    expect(uneven.map(([key]) => key)).toEqual([])
  })

  it('has every plural form with the holes of its other one, but for the number itself', () => {
    for (const [key, message] of [...english, ...korean]) {
      if (typeof message === 'string') continue
      const all = holes(message).filter((hole) => hole !== 'count')
      for (const form of forms(message)) {
        for (const hole of all) expect(form, key).toContain(`{${hole}}`)
      }
    }
  })

  it('is trimmed, not empty, and has no stray braces or doubled spaces', () => {
    const all = [...written(english), ...written(korean)]
    expect(offending(all, /^\s|\s$|^$/)).toEqual([])
    expect(offending(all, / {2}/)).toEqual([])
    expect(
      offending(
        all.map(([key, form]) => [key, form.replaceAll(/\{\w+\}/g, '')] as const),
        /[{}]/,
      ),
    ).toEqual([])
  })

  it('has a key of the form area.name', () => {
    expect(english.map(([key]) => key).filter((key) => !/^[a-z][A-Za-z0-9]*(\.[A-Za-z0-9-]+)+$/.test(key))).toEqual([])
  })
})

describe('English', () => {
  it('begs, apologises, praises itself and shouts nowhere', () => {
    const words = /\b(please|sorry|successfully|success!|oops|are you sure|unfortunately)\b|!/i
    expect(offending(written(english), words)).toEqual([])
  })

  it('says can’t, not cannot, and calls nothing a backend', () => {
    expect(offending(written(english), /\bcannot\b|\bbackend\b/i)).toEqual([])
  })

  it('sets its quotes and dots as type does', () => {
    expect(offending(written(english), /['"`]|\.\.\./)).toEqual([])
  })
})

describe('Korean', () => {
  it('never puts a particle that depends on the sound before it right after a hole', () => {
    // After a name its last letter is not known: 을 or 를? A fixed noun stands between.
    const particle = /\}[’”]?(을|를|이(?=[\s,.]|$)|가(?=[\s,.]|$)|은|는|와|과|로|으로|이나|나(?=\s)|이라|라(?=\s))/
    expect(offending(written(korean), particle)).toEqual([])
    expect(offending(written(korean), /을\(를\)|이\(가\)|은\(는\)|와\(과\)|\(으\)로/)).toEqual([])
  })

  it('apologises and shouts nowhere', () => {
    expect(offending(written(korean), /죄송|성공적으로|정말로|정말 |!/)).toEqual([])
  })

  it('speaks formally: sentences end in -다 or -세요, states in a noun', () => {
    const ends = /(다|세요|까요|나요|니까|음|됨)[.?]$/
    const sentences = written(korean).filter(([, form]) => /[가-힣][.?]$/.test(form))
    expect(sentences.filter(([, form]) => !ends.test(form)).map(([key, form]) => `${key}: ${form}`)).toEqual([])
    expect(offending(written(korean), /(해요|했어요|있어요|없어요|예요|이에요)[.?]/)).toEqual([])
  })

  it('sets its quotes and dots as type does', () => {
    expect(offending(written(korean), /['"`]|\.\.\./)).toEqual([])
  })

  it('is Korean, not a forgotten English sentence', () => {
    const foreign = written(korean).filter(([, form]) => !/[가-힣]/.test(form) && /[a-z]+ [a-z]+ [a-z]+/i.test(form))
    expect(foreign.map(([key, form]) => `${key}: ${form}`)).toEqual([])
  })
})
