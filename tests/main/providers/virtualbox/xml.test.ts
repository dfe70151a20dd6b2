import { describe, expect, it, vi } from 'vitest'
import { readReferences } from '../../../../main/providers/virtualbox/ovf.ts'
import { parseSettings } from '../../../../main/providers/virtualbox/settings-file.ts'
import { parseXml } from '../../../../main/providers/virtualbox/xml.ts'

/** Does some work whose every step takes a whole turn, and says how often the event loop came round meanwhile. */
async function roundsDuring(work: () => Promise<unknown>): Promise<number> {
  let nowMs = 0
  const clock = vi.spyOn(performance, 'now').mockImplementation(() => {
    nowMs += 1_000
    return nowMs
  })
  let rounds = 0
  let isOver = false
  const count = (): void => {
    rounds += 1
    if (!isOver) setImmediate(count)
  }
  setImmediate(count)
  try {
    await work()
  } finally {
    isOver = true
    clock.mockRestore()
  }
  return rounds
}

const uuid = (number: number): string => `00000000-0000-4000-8000-${String(number).padStart(12, '0')}`

describe('a large XML document', () => {
  it('is read in turns with everything else', async () => {
    const document = `<Envelope>${'<File href="disk.vmdk"/>'.repeat(150_000)}</Envelope>`
    expect(await roundsDuring(() => parseXml(document))).toBeGreaterThan(100)
  })

  it('is read whole, wherever its pieces end', async () => {
    const texts = Array.from({ length: 20_000 }, (_, index) => `한글 😀 ${index} &amp; <![CDATA[<]]>\r\n`)
    const { children } = await parseXml(`<a>${texts.map((text) => `<b c="한글 😀">${text}</b>`).join('')}</a>`)
    const expected = texts.map((_, index) => `한글 😀 ${index} & <\n`)
    expect(children.map(({ text }) => text)).toEqual(expected)
  })

  it('names all its files, however many lie side by side', async () => {
    const document = `<Envelope>${'<File href="disk.vmdk"/>'.repeat(130_000)}</Envelope>`
    expect(await readReferences(document)).toHaveLength(130_000)
  })

  it('is refused when one element has attributes without end', async () => {
    const attributes = Array.from({ length: 5_000 }, (_, index) => `a${index}=""`)
    await expect(parseXml(`<a ${attributes.join(' ')}/>`)).rejects.toThrow('too many attributes')
  })

  it('gives ten thousand snapshots of one machine in turns', async () => {
    const snapshot = (number: number): string =>
      `<Snapshot uuid="{${uuid(number)}}" name="s"><Hardware><CPU count="2"/><Memory RAMSize="64"/></Hardware></Snapshot>`
    const snapshots = Array.from({ length: 10_000 }, (_, index) => snapshot(index + 2)).join('')
    const root = `<Snapshot uuid="{${uuid(1)}}" name="root"><Snapshots>${snapshots}</Snapshots></Snapshot>`
    const document = `<VirtualBox><Machine uuid="{${uuid(99_999)}}" name="m">${root}</Machine></VirtualBox>`
    const rounds = await roundsDuring(async () => {
      expect((await parseSettings(document, '/m/m.vbox')).snapshots).toHaveLength(10_001)
    })
    expect(rounds).toBeGreaterThan(10_000)
  })
})
