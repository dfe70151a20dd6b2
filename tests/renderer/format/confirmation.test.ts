import { describe, expect, test } from 'vitest'
import { confirmationOf, isConfirmed } from '../../../renderer/format/confirmation.ts'

const id = 'docker:local/9f86d081'

/** What a line of HTML shows of a text: blanks in a row as one, none at its ends. */
const shown = (text: string): string => text.replace(/[ \t\n\r\f]+/g, ' ').trim()

describe('the text that confirms a deletion', () => {
  test.each([
    ['web', 'web'],
    ['.', '.'],
    ['..', '..'],
    ['a  b', 'a b'],
    ['  leading and trailing ', 'leading and trailing'],
    ['two\nlines', 'two lines'],
    ['tab\tand\u00a0hard\u3000blanks', 'tab and hard blanks'],
    ['bell\u0007 escape\u001b[31m', 'bell escape[31m'],
    ['\u202egpj.exe', 'gpj.exe'],
    ['שרת 2', 'שרת 2'],
    ['서버 2'.normalize('NFD'), '서버 2'.normalize('NFD')],
    ['zero\u200bwidth', 'zerowidth'],
    ['\u200b \n', '9f86d081'],
    ['', '9f86d081'],
    ['x'.repeat(200), 'x'.repeat(40)],
    ['🐋'.repeat(60), '🐋'.repeat(40)],
  ])('of %j is %j', (name, expected) => {
    const asked = confirmationOf(name, id)
    expect(asked).toBe(expected)
    // What the dialog shows can be typed as it is shown.
    expect(shown(asked)).toBe(asked)
    expect(asked).not.toMatch(/\p{Cc}/u)
    expect(isConfirmed(asked, asked)).toBe(true)
  })

  test.each([
    ['a b', ' a  b '],
    ['서버', '서버'.normalize('NFD')],
    ['café', 'cafe\u0301'],
    ['web', 'web\u200b'],
  ])('%j is confirmed by %j', (asked, typed) => expect(isConfirmed(asked, typed)).toBe(true))

  test.each([
    ['web', ''],
    ['web', 'we'],
    ['web', 'Web'],
    ['a b', 'ab'],
    ['vm-1', 'vm-2'],
  ])('%j is not confirmed by %j', (asked, typed) => expect(isConfirmed(asked, typed)).toBe(false))
})
