import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Log } from '../../../../main/log.ts'
import { createJournal, type Journal, type RestoreEntry } from '../../../../main/providers/docker/journal.ts'
import { isLeftover } from '../../../../main/providers/docker/leftovers.ts'

const silent: Log = { debug() {}, info() {}, warn() {}, error() {} }
const machine = 'docker:here/first' as const
const [restoreId, imageId, other] = ['1111111111111111', '2222222222222222', '3333333333333333']

let folder: string
let journal: Journal
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'berth-leftovers-'))
  journal = createJournal(folder, silent)
})
afterEach(() => rmSync(folder, { recursive: true }))

const swap: RestoreEntry['swap'] = {
  ...{ goingId: 'first', comingId: null, comingIsNew: true, name: 'db', wasRunning: true, wasPaused: false },
  ...{ goingRestart: 'no', comingRestart: 'no', goingImage: imageId ?? '', stops: false },
}
const restore: RestoreEntry = {
  ...{ id: restoreId ?? '', direction: 'restored', state: 'restoring', snapshotId: 's', snapshotName: 's' },
  ...{ keptId: 'first', keptImage: null, copied: null, used: null, keptParentId: null, keptAt: '', keptBytes: null },
  ...{ keptRestart: 'no', differences: [], swap },
}
const note = (restores: readonly RestoreEntry[]) =>
  journal.noteMachine(machine, { currentId: 'first', parentId: null, restores: [...restores] })
const isLeft = (name: string, change: object = {}, endpointId = 'docker:here' as const) =>
  isLeftover(journal, endpointId, { id: 'late', name, word: 'created', startedAt: null, ...change })
const trial = `berth-new.${restoreId}.db`
const holder = `berth-kept.${imageId}.db`

describe('a container with the name of a transaction', () => {
  it('is no leftover while that is under way', async () => {
    await note([restore])
    expect([isLeft(trial), isLeft(holder)]).toEqual([false, false])
  })

  it('is a leftover once the transaction is over, also for the next Berth', async () => {
    await note([restore])
    await journal.noteMachine(machine, null)
    expect([isLeft(trial), isLeft(holder)]).toEqual([true, true])
    journal = createJournal(folder, silent)
    expect([isLeft(trial), isLeft(holder)]).toEqual([true, true])
  })

  it('is a leftover though the record of an earlier restore stays, unless the record names it', async () => {
    await note([{ ...restore, keptId: 'kept', swap: null }])
    expect(isLeft(trial)).toBe(true)
    expect(isLeft(trial, { id: 'kept' })).toBe(false)
    expect(isLeft(`berth-kept.${restoreId}.db`)).toBe(false)
  })

  it('is none when it was ever started, when another engine has it, or when this Berth never gave the name', async () => {
    await note([restore])
    await journal.noteMachine(machine, null)
    expect(isLeft(trial, { word: 'running', startedAt: '2026-01-01T00:00:00.000Z' })).toBe(false)
    expect(isLeft(trial, { word: 'exited', startedAt: '2026-01-01T00:00:00.000Z' })).toBe(false)
    expect(isLeft(`berth-new.${other}.db`)).toBe(false)
    expect(isLeft(`berth-trash.${restoreId}.db`)).toBe(false)
    // The kept container itself has the restore's handle, not an image's.
    expect(isLeft(`berth-kept.${restoreId}.db`)).toBe(false)
    expect(isLeft(trial, {}, 'docker:elsewhere' as never)).toBe(false)
  })
})
