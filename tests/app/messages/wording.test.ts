import { describe, expect, it } from 'vitest'
import { en } from '../../../app/messages/en.ts'
import { ko } from '../../../app/messages/ko.ts'
import type { Message, MessageKey } from '../../../app/messages/text.ts'

// How Berth speaks to people: the tools' own terms, named things, instructions as imperatives. A pattern that has a good use
// somewhere names the keys that may use it.

interface Rule {
  readonly pattern: RegExp
  /** Where the pattern is right. */
  readonly except?: readonly MessageKey[]
}

const forms = (message: Message): readonly string[] =>
  typeof message === 'string' ? [message] : Object.values(message).filter((form) => typeof form === 'string')

/** `key: sentence` of every message that a rule refuses. Values of placeholders are no words of ours. */
function refused(messages: Readonly<Record<string, Message>>, { pattern, except = [] }: Rule): readonly string[] {
  return Object.entries(messages).flatMap(([key, message]) =>
    (except as readonly string[]).includes(key)
      ? []
      : forms(message)
          .filter((form) => pattern.test(form.replaceAll(/\{\w+\}/g, '{}')))
          .map((form) => `${key}: ${form}`),
  )
}

const isLabel = (form: string): boolean => !/[.?:]$/.test(form) && !/[.?:] /.test(form)

const labels = (messages: Readonly<Record<string, Message>>): Readonly<Record<string, Message>> =>
  Object.fromEntries(Object.entries(messages).filter(([, message]) => forms(message).every(isLabel)))

const englishRules: Readonly<Record<string, Rule>> = {
  'a sentence that begins with “it”': { pattern: /^Its?\b/ },
  'output as something said': { pattern: /\b(said|says|saying|told|tells?)\b/i },
  'letting things go, look or do': { pattern: /\b(let|lets|letting)\b/i },
  'house words': {
    pattern:
      /\b(anew|for good|put(s|ting)? .{0,20}right|under way|by (itself|themselves)|stands?|standing|go(es|ing)? on\b|br(ing|ings|inging|ought) .{0,12}back|given up|given way|what came of|found out|leaves alone)\b/i,
  },
  '“is no” for “is not a”': { pattern: /\b(is|are) no (?!longer\b)/i },
  '“there is”, which names nothing': { pattern: /\bthere (is|are|was|were)\b/i },
  '“may not” for a missing permission': { pattern: /\bmay not\b/i },
  '“any more”': { pattern: /\bany ?more\b/i },
  '“here” for a place': { pattern: /\bhere\b/i },
  'a disc, which is an ISO or a CD/DVD': { pattern: /\bdiscs?\b/i },
  'figures, which are stats or usage': { pattern: /\bfigures?\b/i },
  'a habit where an instruction is meant': { pattern: /\bA machine is \w+ed while\b|\bonly (ever )?made\b/ },
}

const koreanRules: Readonly<Record<string, Rule>> = {
  '절전 for 일시 중단': { pattern: /절전/, except: ['qemu.remark.asleep'] },
  '고르다 for 선택하다': { pattern: /고르|고른|골라/ },
  '직렬 for 시리얼': { pattern: /직렬/ },
  '거르다, 묶다, 떼다 for 필터, 그룹, 제거': { pattern: /거르|거름|묶(기|어|지|음)|떼(기|어)/ },
  '열쇠, 회선 for 토큰, 콘솔': { pattern: /열쇠|회선/ },
  '되살리다 for 복구하다': { pattern: /되살/ },
  '저절로, 스스로 for 자동으로': { pattern: /저절로|스스로/ },
  '강제로 끄다 for 강제 종료': { pattern: /강제로 끄|강제로 껐|전원을 끄/ },
  '연결 복제 for 연결된 복제': { pattern: /연결 복제/ },
  '안쪽, 여기 for a place': { pattern: /안쪽|여기/ },
  '보관 끝내기 for 사본 삭제': { pattern: /보관을? 끝|보관한 (상태|메모리)/ },
  '다운로드하다 for 내려받다': { pattern: /다운로드/ },
  '고치다 for 편집하다': { pattern: /고치|고쳤/ },
  '버리다 for 삭제하다': { pattern: /버리|버렸|버립/ },
  '취소함, 복사함 for 취소됨, 복사됨': { pattern: /(취소|복사)함/ },
  '시스템 종료 for 종료': { pattern: /시스템을? 종료/ },
  'a space before a unit': { pattern: /[\d}] (B|KB|MB|GB|TB|ms)(?![A-Za-z])/ },
  'a sentence that ends in another register': {
    pattern: /[가-힣](?<!다|요|까)[.?](?= |$)|(해|어|아|여|예|네|군|죠|지)요[.?](?= |$)/,
  },
}

describe('English messages', () => {
  it.for(Object.entries(englishRules))('avoid %s', ([, rule]) => {
    expect(refused(en, rule)).toEqual([])
  })

  it('have at most 20 words in a sentence', () => {
    const isLong = (form: string): boolean => form.split(/(?<=[.?:]) /).some((one) => one.split(/\s+/).length > 20)
    const long = Object.entries(en as Readonly<Record<string, Message>>).flatMap(([key, message]) =>
      forms(message)
        .filter(isLong)
        .map((form) => `${key}: ${form}`),
    )
    expect(long).toEqual([])
  })

  it('name their object where they are labels', () => {
    const rule = {
      pattern:
        /^(Do|Choose|Show|Use|Let|Make|Open|Find|Start|Try)( (it|this|that|now))?…?$|^(\S+ ){1,4}(it|them|this|that)…?$/i,
      // The object is beside these, or their whole menu is about it.
      except: [
        'action.show',
        'terminal.menu.find',
        'bulk.start',
        'files.choose',
        'verb.start',
        'create.image.copy',
        'overview.commandContainer',
      ] as const,
    }
    expect(refused(labels(en), rule)).toEqual([])
  })
})

describe('Korean messages', () => {
  it.for(Object.entries(koreanRules))('avoid %s', ([, rule]) => {
    expect(refused(ko, rule)).toEqual([])
  })
})

describe('message keys', () => {
  it('belong to one area: a second one would replace the first unseen', async () => {
    const areas = import.meta.glob<Readonly<Record<string, Readonly<Record<string, Message>>>>>(
      '../../../app/messages/areas/*.ts',
      { eager: true },
    )
    const keys = Object.values(areas)
      .flatMap((area) => Object.entries(area).filter(([name]) => name.endsWith('En')))
      .flatMap(([, messages]) => Object.keys(messages))
    expect(keys.filter((key, index) => keys.indexOf(key) !== index)).toEqual([])
    expect(keys.length).toBe(Object.keys(en).length)
  })
})
