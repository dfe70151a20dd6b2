import { appendFile, mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { CommandRecord, Task } from '../../../app/domain/task.ts'
import { openActivity } from '../../../main/services/activity.ts'
import { silent } from './small-provider.ts'

let dataDir: string
beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'berth-activity-'))
})
afterEach(() => rm(dataDir, { recursive: true }))

const open = () => openActivity(dataDir, silent, () => new Date('2026-01-02T00:00:00Z'))
const all = { id: null, limit: 500, before: null }
const command: CommandRecord = {
  kind: 'process',
  line: 'qemu-img create …',
  startedAt: '',
  durationMs: 3,
  exitCode: 1,
  outcome: 'failed',
  output: 'no space',
}

function task(number: number, rest: Partial<Task> = {}): Task {
  const startedAt = new Date(Date.parse('2026-01-01T00:00:00Z') + number * 1_000).toISOString()
  return {
    id: `task-${number}`,
    verb: 'start',
    machineId: number % 2 === 0 ? 'tiny:even' : 'tiny:odd',
    machineName: 'one',
    subject: null,
    state: 'running',
    progress: null,
    cancellable: true,
    createdAt: startedAt,
    startedAt,
    endedAt: null,
    error: null,
    result: {},
    ...rest,
  }
}
const ended = (number: number): Task => task(number, { state: 'succeeded', endedAt: '2026-01-01T10:00:00.000Z' })

describe('the activity', () => {
  it('takes only the end of a journal apart that is larger than Berth leaves one', async () => {
    open()
    await appendFile(join(dataDir, 'activity/journal.jsonl'), 'rubbish\n'.repeat(300_000))
    const first = open()
    first.note(task(1), [])
    first.note(ended(1), [command])
    await first.stop()
    expect(
      open()
        .list(all)
        .map(({ taskId }) => taskId),
    ).toEqual(['task-1'])
    const journal = await readFile(join(dataDir, 'activity/journal.jsonl'), 'utf8')
    expect(journal).not.toContain('rubbish')
    const aside = (await readdir(join(dataDir, 'activity'))).filter((name) => name.includes('.damaged-'))
    expect(aside).toHaveLength(1)
  })

  it('is there again after a restart, newest first, with the commands', async () => {
    const first = open()
    for (const number of [1, 2, 3]) {
      first.note(task(number), [])
      first.note(ended(number), [command])
    }
    await first.stop()
    const again = open()
    expect(again.list(all).map(({ taskId }) => taskId)).toEqual(['task-3', 'task-2', 'task-1'])
    expect(again.list(all)[0]).toMatchObject({ state: 'succeeded', endedAt: '2026-01-01T10:00:00.000Z' })
    expect(await again.commands('task-2')).toEqual([command])
    expect(await again.commands('nope')).toBeNull()
    expect(await again.commands('../../settings')).toBeNull()
  })

  it('calls work that had not ended when Berth did interrupted, for good', () => {
    open().note(task(1), [])
    const entry = open().list(all)[0]
    expect(entry).toMatchObject({ state: 'failed', error: { message: { key: 'error.interrupted' } } })
    expect(open().list(all)[0]).toEqual(entry)
  })

  it('comes in pages, of one machine or of all', () => {
    const activity = open()
    for (let number = 1; number <= 9; number += 1) activity.note(ended(number), [])
    const page = activity.list({ id: 'tiny:odd', limit: 2, before: null })
    expect(page.map(({ taskId }) => taskId)).toEqual(['task-9', 'task-7'])
    const next = activity.list({ id: 'tiny:odd', limit: 2, before: page.at(-1)?.startedAt ?? null })
    expect(next.map(({ taskId }) => taskId)).toEqual(['task-5', 'task-3'])
  })

  it('loses only the line that a crash tore, and writes on behind it', async () => {
    open().note(ended(1), [])
    await appendFile(join(dataDir, 'activity/journal.jsonl'), '{"taskId":"task-2","verb":"sta')
    const again = open()
    again.note(ended(3), [])
    expect(
      open()
        .list(all)
        .map(({ taskId }) => taskId),
    ).toEqual(['task-3', 'task-1'])
  })

  it('does not write down every step, nor work that never began', async () => {
    const activity = open()
    activity.note(task(1, { state: 'queued', startedAt: null }), [])
    activity.note(task(2), [])
    for (let step = 0; step < 100; step += 1) activity.note(task(2, { progress: { text: null, fraction: 0.5 } }), [])
    activity.note(ended(2), [])
    const lines = (await readFile(join(dataDir, 'activity/journal.jsonl'), 'utf8')).trim().split('\n')
    expect(lines).toHaveLength(2)
  })

  it('stays within bounds, the oldest going first with their commands', async () => {
    const activity = open()
    activity.note(ended(0), [command])
    await activity.stop()
    for (let number = 1; number <= 4_001; number += 1) activity.note(ended(number), [])
    await activity.stop()
    expect(open().list(all)).toHaveLength(500)
    const lines = (await readFile(join(dataDir, 'activity/journal.jsonl'), 'utf8')).trim().split('\n')
    expect(lines.length).toBeLessThanOrEqual(2_001)
    expect(await readdir(join(dataDir, 'activity/commands'))).toEqual([])
  })
})
