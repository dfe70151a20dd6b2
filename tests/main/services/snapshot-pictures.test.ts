import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Picture } from '../../../main/screen/frame.ts'
import { createSnapshotPictures } from '../../../main/services/snapshot-pictures.ts'

const log = { debug() {}, info() {}, warn() {}, error() {} }
const text = (letter: number): Picture => ({
  kind: 'text',
  columns: 1,
  rows: 1,
  lines: [0],
  cursor: null,
  data: Uint8Array.from([letter]),
})
const id = 'qemu:a'

let folder = ''
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'berth-pictures-'))
})
afterEach(() => rm(folder, { recursive: true, force: true }))

function setUp({
  currentPicture = null,
  capture = null,
}: {
  readonly currentPicture?: Picture | null
  readonly capture?: Picture | null
}) {
  let kept: () => void = () => {}
  const world = { isBusy: false, looks: 0 }
  const isKept = new Promise<void>((resolve) => {
    kept = resolve
  })
  const pictures = createSnapshotPictures({
    folder,
    currentPicture: () => currentPicture,
    async capture() {
      world.looks += 1
      return capture
    },
    isBusy: () => world.isBusy,
    kept,
    log,
  })
  return { pictures, world, isKept }
}

describe('the picture of a snapshot', () => {
  test('is what somebody saw when it was begun, whatever the screen shows later', async () => {
    const { pictures, world, isKept } = setUp({ currentPicture: text(65), capture: text(66) })
    pictures.taking(id)('one')
    await isKept
    expect(await pictures.read(id, 'one')).toEqual({ kind: 'text', columns: 1, rows: 1, data: btoa('A') })
    expect(world.looks).toBe(0)
    expect(await pictures.read('qemu:b', 'one')).toBeNull()
  })

  test('is looked for just after where nobody saw the screen', async () => {
    const { pictures, isKept } = setUp({ capture: text(66) })
    pictures.taking(id)('one')
    await isKept
    expect(await pictures.read(id, 'one')).toMatchObject({ data: btoa('B') })
  })

  test('is not one of what came later: of snapshots taken one after the other only the last has it', async () => {
    const { pictures, world, isKept } = setUp({ capture: text(66) })
    pictures.taking(id)('one')
    pictures.taking(id)('two')
    await isKept
    expect(await pictures.read(id, 'one')).toBeNull()
    expect(await pictures.read(id, 'two')).not.toBeNull()
    expect(world.looks).toBe(1)
  })

  test('goes with its snapshot', async () => {
    const { pictures, isKept } = setUp({ currentPicture: text(65) })
    pictures.taking(id)('한글 ../../"x"')
    await isKept
    await pictures.forget(id, ['한글 ../../"x"', 'never was'])
    expect(await pictures.read(id, '한글 ../../"x"')).toBeNull()
  })

  test('goes with its machine, whose other pictures go too, and no other machine’s', async () => {
    const kept: Promise<void>[] = []
    for (const [machineId, snapshotId] of [
      ['qemu:a', 'one'],
      ['qemu:a', 'two'],
      ['qemu:ab', 'one'],
    ] as const) {
      const { pictures, isKept } = setUp({ currentPicture: text(65) })
      pictures.taking(machineId)(snapshotId)
      kept.push(isKept)
    }
    await Promise.all(kept)
    const { pictures } = setUp({})
    await pictures.forgetMachine('qemu:a')
    expect(await pictures.read('qemu:a', 'one')).toBeNull()
    expect(await pictures.read('qemu:a', 'two')).toBeNull()
    expect(await pictures.read('qemu:ab', 'one')).not.toBeNull()
  })

  test('is none where its file is damaged', async () => {
    const { pictures, isKept } = setUp({ currentPicture: text(65) })
    pictures.taking(id)('one')
    await isKept
    const [name = ''] = await readdir(folder)
    await writeFile(join(folder, name), '{"kind":"text"')
    expect(await pictures.read(id, 'one')).toBeNull()
  })
})
