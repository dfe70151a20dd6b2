import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isWeb, linkPattern } from '../../../renderer/terminal/links.ts'
import { cleanPaste, cutInput, hasSeveralLines } from '../../../renderer/terminal/paste.ts'

describe('pasted text', () => {
  it('cannot act as keys: no escape, no control character, Hangul and tabs kept', () => {
    expect(cleanPaste('a\x1b[201~rm -rf\x03\tb\r\n한글\x9b')).toBe('a[201~rm -rf\tb\r\n한글')
  })

  it('has several lines when a shell would run one of them at once', () => {
    expect(hasSeveralLines('ls -l')).toBe(false)
    expect(hasSeveralLines('ls\n')).toBe(true)
    expect(hasSeveralLines('a\rb')).toBe(true)
  })

  it('is cut into parts without splitting a character', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.integer({ min: 2, max: 9 }), (text, length) => {
        const parts = cutInput(text, length)
        expect(parts.join('')).toBe(text)
        for (const part of parts) {
          expect(part.length).toBeLessThanOrEqual(length)
          expect(/[\ud800-\udbff]$/.test(part)).toBe(false)
        }
      }),
    )
  })
})

describe('a link in a terminal', () => {
  it('is a web page and nothing else', () => {
    expect(isWeb('https://example.org/a?b=c#d')).toBe(true)
    expect(isWeb('http://127.0.0.1:8080/')).toBe(true)
    expect(isWeb('file:///etc/passwd')).toBe(false)
    expect(isWeb('javascript:alert(1)')).toBe(false)
    expect(isWeb('nonsense')).toBe(false)
  })

  it('ends before what only surrounds it', () => {
    expect(linkPattern.exec('see https://example.org/a.html).')?.[0]).toBe('https://example.org/a.html')
    expect(linkPattern.exec('<https://example.org/?q=한글>')?.[0]).toBe('https://example.org/?q=한글')
    expect(linkPattern.exec('Local: http://localhost:5173/, ready')?.[0]).toBe('http://localhost:5173/')
    expect(linkPattern.exec('ftp://example.org')).toBeNull()
  })
})
