import { SaxesParser } from 'saxes'
import { createTurns } from '../../turns.ts'

/** One element of an XML document. Texts are as they were written, spaces and line breaks included. */
export interface Element {
  readonly name: string
  readonly attributes: Readonly<Record<string, string>>
  readonly children: readonly Element[]
  /** The texts directly inside it, joined. */
  readonly text: string
}

/** Deeper than any tree of snapshots is; what is deeper was not written by VirtualBox. */
const deepest = 2_000
/** Ten thousand snapshots have about a million; what has more was made to fill the memory. */
const maxElements = 2_000_000
const maxAttributes = 1_000
/** Some milliseconds of the parser's work. */
const pieceLength = 32 * 1024

/** Reads a whole document, in turns. Throws when it is not well-formed, which a file cut short never is. */
export async function parseXml(text: string): Promise<Element> {
  const parser = new SaxesParser()
  const open: { name: string; attributes: Record<string, string>; children: Element[]; text: string }[] = []
  let root: Element | null = null
  let elements = 0
  let attributeCount = 0
  parser.on('error', (error) => {
    throw error
  })
  parser.on('opentagstart', () => {
    elements += 1
    attributeCount = 0
    if (elements > maxElements) throw new Error('too many elements')
  })
  parser.on('attribute', () => {
    attributeCount += 1
    if (attributeCount > maxAttributes) throw new Error('too many attributes')
  })
  parser.on('opentag', ({ name, attributes }) => {
    if (open.length > deepest) throw new Error('nested too deep')
    const element = { name, attributes, children: [], text: '' }
    open.at(-1)?.children.push(element)
    open.push(element)
  })
  parser.on('closetag', () => {
    root = open.pop() ?? root
  })
  const add = (piece: string): void => {
    const element = open.at(-1)
    if (element !== undefined) element.text += piece
  }
  parser.on('text', add)
  parser.on('cdata', add)
  const turns = createTurns()
  for (let from = 0; from < text.length; from += pieceLength) {
    parser.write(text.slice(from, from + pieceLength))
    if (turns.isOver()) await turns.next()
  }
  parser.close()
  if (root === null) throw new Error('no element')
  return root
}

/** The first child of that name; null when there is none. */
export function childOf(element: Element | null, name: string): Element | null {
  return element?.children.find((child) => child.name === name) ?? null
}

export function childrenOf(element: Element | null, name: string): readonly Element[] {
  return element?.children.filter((child) => child.name === name) ?? []
}

/** An attribute; null when it is not there. */
export function attributeOf(element: Element | null, name: string): string | null {
  return element?.attributes[name] ?? null
}

/** A whole number, also in the hexadecimal that VirtualBox writes addresses in; null when it is none. */
export function numberOf(element: Element | null, name: string): number | null {
  const text = attributeOf(element, name)
  if (text === null || text.trim() === '') return null
  const value = Number(text)
  return Number.isSafeInteger(value) ? value : null
}

/** VirtualBox writes `true` and `1`, and leaves out what is as by default. */
export function flagOf(element: Element | null, name: string, byDefault = false): boolean {
  const text = attributeOf(element, name)
  return text === null ? byDefault : text === 'true' || text === '1'
}
