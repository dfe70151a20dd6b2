import { shortId } from './names.ts'

/** Longer names are confirmed by their beginning: nobody types 200 characters. */
const maxAsked = 40

/** What a line of text shows as nothing, or turns its direction around with. */
const unseen = /[\u00ad\u061c\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]/g

/**
 * What is to be typed to confirm something about a name: the name as a line of text shows it, so that it can be typed. Blanks
 * in a row are one, line breaks and tabs are blanks, control characters and what cannot be seen are left out.
 */
export function confirmationOf(name: string, id: string): string {
  const seen = oneLine(name.replace(unseen, ''))
  const text = seen === '' ? shortId(id) : seen
  return [...text].slice(0, maxAsked).join('').trim()
}

/** Whether what was typed is what was asked for: the same letters, however blanks, accents and Hangul are put together. */
export function isConfirmed(asked: string, typed: string): boolean {
  return comparable(typed) === comparable(asked)
}

function comparable(text: string): string {
  return oneLine(text.replace(/\p{Cf}/gu, '')).normalize()
}

function oneLine(text: string): string {
  return text
    .replace(/\s+/gu, ' ')
    .replace(/\p{Cc}/gu, '')
    .replace(/ +/g, ' ')
    .trim()
}
