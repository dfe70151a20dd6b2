import { existsSync, readFileSync } from 'node:fs'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { readRecord } from '../../../main/state/record.ts'

let folder = ''
let path = ''
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'berth-record-'))
  path = join(folder, 'record.json')
})
afterEach(() => rm(folder, { recursive: true, force: true }))

const read = () =>
  readRecord(path, 1, (fields) => ({
    name: fields.take('name', z.string(), 'unnamed'),
    size: fields.need('size', z.number()),
    deep: fields.within('deep').take('flag', z.boolean(), false),
  }))

describe('a record of Berth’s', () => {
  it('keeps the fields that fit, and a copy of the whole for those that do not', async () => {
    const text = '{"version": 1, "name": 5, "size": 7, "deep": {"flag": true}}'
    await writeFile(path, text)
    const reading = read()
    expect(reading).toMatchObject({ kind: 'salvaged', value: { name: 'unnamed', size: 7, deep: true } })
    const { aside = '' } = reading as { aside?: string }
    expect(readFileSync(aside, 'utf8')).toBe(text)
    expect(readFileSync(path, 'utf8')).toBe(text)
  })

  it.for(['', '\0\0\0\0', '{"version": 1, "na', '[]', 'null', '"text"'])(
    'falls back in every field, and is kept beside, when it is no record: %j',
    async (text) => {
      await writeFile(path, text)
      const reading = read()
      expect(reading).toMatchObject({ kind: 'salvaged', value: { name: 'unnamed', size: null, deep: false } })
      expect(existsSync((reading as { aside: string }).aside)).toBe(true)
    },
  )

  it('is neither read nor kept beside when a newer Berth wrote it', async () => {
    await writeFile(path, '{"version": 2, "name": "x", "size": 7}')
    expect(read()).toEqual({ kind: 'newer', trouble: '2' })
  })

  it('is not taken for a missing one when the system does not let it be read', async () => {
    expect(read()).toEqual({ kind: 'absent' })
    await mkdir(path)
    expect(read()).toEqual({ kind: 'unreadable', trouble: 'EISDIR' })
  })
})
