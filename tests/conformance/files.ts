import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { MachineId } from '../../app/domain/ids.ts'
import type { Provider } from '../../main/providers/provider.ts'
import { errorFrom, op } from './ground.ts'

/** What a provider's test knows about one of its machines. */
export interface FilesSubject {
  readonly provider: Provider
  readonly id: MachineId
  /** A folder of the machine that is there and empty. */
  readonly folder: string
  /** What a file of the machine holds, read by another way than Berth's; null when there is none. */
  readonly read: (path: string) => Promise<Buffer | null>
  /** Names are taken for patterns, and those that could be one are refused. */
  readonly readsPatterns?: true
}

/** More than a pipe holds, and no text in any encoding. */
const bytes = Buffer.from(Array.from({ length: 300_000 }, (_, index) => (index * 31 + (index >> 8)) & 255))
const hostile = ['한글 "이름" \'둘\'', '--help', 'a:b, c=d', ' edges ', '`x` $HOME *']

/** Copying into a machine and out of it, the same for every provider that can. */
export function describeFiles(subject: () => Promise<FilesSubject>): void {
  let here = ''
  let given: FilesSubject
  const files = () => given.provider.files ?? expect.fail('has no files')
  beforeAll(async () => {
    given = await subject()
    here = await mkdtemp(join(tmpdir(), 'berth-files-'))
  })
  afterAll(() => rm(here, { recursive: true, force: true }))

  it('takes a file in and gives it back, byte for byte', async () => {
    const path = join(here, 'bytes.bin')
    await writeFile(path, bytes)
    await files().send(given.id, { path, folder: given.folder }, op())
    expect(await given.read(`${given.folder}/bytes.bin`)).toEqual(bytes)
    const back = join(here, 'back.bin')
    await files().fetch(given.id, { inside: `${given.folder}/bytes.bin`, path: back }, op())
    expect(await readFile(back)).toEqual(bytes)
  })

  it('takes an empty file for one', async () => {
    const path = join(here, 'empty')
    await writeFile(path, '')
    await files().send(given.id, { path, folder: given.folder }, op())
    expect(await given.read(`${given.folder}/empty`)).toEqual(Buffer.alloc(0))
    expect((await errorFrom(files().send(given.id, { path, folder: given.folder }, op()))).code).toBe('already-exists')
  })

  it('overwrites nothing on either side', async () => {
    const path = join(here, 'twice.txt')
    await writeFile(path, 'first')
    await files().send(given.id, { path, folder: given.folder }, op())
    await writeFile(path, 'second')
    const refused = await errorFrom(files().send(given.id, { path, folder: given.folder }, op()))
    expect(refused).toMatchObject({ code: 'already-exists', message: { key: 'files.takenInside' } })
    expect(String(await given.read(`${given.folder}/twice.txt`))).toBe('first')
    const taken = await errorFrom(files().fetch(given.id, { inside: `${given.folder}/twice.txt`, path }, op()))
    expect(taken).toMatchObject({ code: 'already-exists', message: { key: 'files.taken' } })
    expect(String(await readFile(path))).toBe('second')
  })

  it('keeps names whatever they hold', async () => {
    for (const name of hostile) {
      const path = join(here, name)
      await writeFile(path, name)
      if (given.readsPatterns && name.includes('*')) {
        const refused = await errorFrom(files().send(given.id, { path, folder: given.folder }, op()))
        expect(refused.code).toBe('unsupported')
        continue
      }
      await files().send(given.id, { path, folder: given.folder }, op())
      expect(String(await given.read(`${given.folder}/${name}`))).toBe(name)
      const back = join(here, `back of ${name}`)
      await files().fetch(given.id, { inside: `${given.folder}/${name}`, path: back }, op())
      expect(String(await readFile(back))).toBe(name)
    }
  })

  it('says what is not there, and leaves nothing behind', async () => {
    const path = join(here, 'lost.txt')
    await writeFile(path, 'x')
    const into = await errorFrom(files().send(given.id, { path, folder: `${given.folder}/nowhere` }, op()))
    expect(into.code).toBe('not-found')
    const before = await readdir(here)
    const out = await errorFrom(
      files().fetch(given.id, { inside: `${given.folder}/nothing`, path: join(here, 'new.txt') }, op()),
    )
    expect(out.code).toBe('not-found')
    expect(await readdir(here)).toEqual(before)
  })

  it('takes folders whole, or says that it takes none', async () => {
    const path = join(here, 'folder')
    await mkdir(join(path, 'deep'), { recursive: true })
    await writeFile(join(path, 'deep', 'file'), 'inside')
    const sent = files().send(given.id, { path, folder: given.folder }, op())
    if (!files().folders) {
      expect(await errorFrom(sent)).toMatchObject({ code: 'invalid-input', field: 'path' })
      return
    }
    await sent
    expect(String(await given.read(`${given.folder}/folder/deep/file`))).toBe('inside')
    const back = join(here, 'folder back')
    await files().fetch(given.id, { inside: `${given.folder}/folder`, path: back }, op())
    expect((await stat(back)).isDirectory()).toBe(true)
    expect(String(await readFile(join(back, 'deep', 'file')))).toBe('inside')
  })

  it('is called off at once, and nothing is left here', async () => {
    const before = await readdir(here)
    const controller = new AbortController()
    controller.abort()
    const fetched = files().fetch(
      given.id,
      { inside: `${given.folder}/bytes.bin`, path: join(here, 'never') },
      op(controller.signal),
    )
    expect((await errorFrom(fetched)).code).toBe('cancelled')
    expect(await readdir(here)).toEqual(before)
  })
}
