import { describe, expect, it } from 'vitest'
import { createGuestLine } from '../../../../main/providers/builtin/emulator/guest-line.ts'

function lineTo(language: string | null = 'en') {
  const said: string[] = []
  const line = createGuestLine(language, (bytes) => said.push(Buffer.from(bytes).toString().trim()))
  const hear = (word: string): void => {
    for (const byte of Buffer.from(`${word}\n`)) line.put(byte)
  }
  return { line, hear, said, folderWords: () => said.filter((words) => words.startsWith('folder')) }
}

describe('what a guest is told of its shared folder', () => {
  it('waits until the guest listens, and is said once, and anew whenever the guest begins', () => {
    const { line, hear, folderWords } = lineTo()
    line.folder(true)
    expect(folderWords()).toEqual([])
    hear('hello')
    line.folder(true)
    line.awake()
    expect(folderWords()).toEqual(['folder on'])
    hear('hello')
    expect(folderWords()).toEqual(['folder on', 'folder on'])
  })

  it('comes before the word for the first prompt, so that the folder is there then', () => {
    const { line, hear, said } = lineTo()
    line.folder(true)
    hear('hello')
    expect(said.map((words) => words.split(' ')[0])).toEqual(['folder', 'begin'])
    const resumed = lineTo()
    resumed.line.folder(true)
    resumed.line.awake()
    expect(resumed.said.map((words) => words.split(' ')[0])).toEqual(['folder', 'begin', 'awake'])
  })

  it('is nothing as long as there is none', () => {
    const { line, hear, folderWords } = lineTo()
    line.folder(false)
    hear('hello')
    line.awake()
    expect(folderWords()).toEqual([])
    line.folder(true)
    line.folder(false)
    line.folder(true)
    expect(folderWords()).toEqual(['folder on'])
  })

  it('is said to a guest that goes on from a memory, which may not have had one', () => {
    const { line, folderWords } = lineTo()
    line.folder(true)
    line.awake()
    line.awake()
    expect(folderWords()).toEqual(['folder on'])
  })

  it('is nothing to a guest whose memory is to go on elsewhere', () => {
    const { line, hear, folderWords } = lineTo(null)
    line.folder(true)
    hear('hello')
    expect(folderWords()).toEqual([])
  })
})
