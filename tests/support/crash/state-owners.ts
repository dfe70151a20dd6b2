import { createHash } from 'node:crypto'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import type { Notice } from '../../../app/domain/provider.ts'
import { defaultSettings } from '../../../app/domain/settings.ts'
import type { Log } from '../../../main/log.ts'
import { keptSnapshotShape } from '../../../main/providers/common/snapshot-tree.ts'
import { createTreeStore } from '../../../main/providers/common/tree-store.ts'
import { createJournal } from '../../../main/providers/docker/journal.ts'
import { openActivity } from '../../../main/services/activity.ts'
import { openAnnotations } from '../../../main/services/annotations.ts'
import { openSettings } from '../../../main/settings.ts'
import { createStateProblems } from '../../../main/state/problems.ts'

export const silent: Log = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} }

/** What an owner made of its file. */
export interface Opened {
  /** Its entries, each as text, so that they can be compared. */
  readonly entries: readonly string[]
  readonly notices: readonly Notice[]
  /** Changes something, so that the file is written; false when that is refused. */
  readonly write: () => Promise<boolean>
}

/** Who reads and writes one kind of Berth's own files. */
export interface Owner {
  readonly file: string
  readonly content: string
  /** Other files of the same owner, by their paths. None of them may be lost with it, whatever is said. */
  readonly beside?: Readonly<Record<string, string>>
  readonly open: (folder: string) => Promise<Opened>
  /** Its entries are asked for by name: one with a wrong bit in its name is not seen, but still there. */
  readonly isByName?: true
}

export const texts = (entries: readonly unknown[]): readonly string[] => entries.map((entry) => JSON.stringify(entry))
export const accepted = (change: Promise<unknown>): Promise<boolean> =>
  change.then(
    () => true,
    () => false,
  )
/** Real ids are unlike each other: no single wrong bit turns one into another. */
export const idAt = (index: number): string => createHash('sha256').update(String(index)).digest('hex').slice(0, 32)
const many = <T>(make: (id: string) => T): readonly T[] => Array.from({ length: 20 }, (_, index) => make(idAt(index)))
export const at = '2026-01-01T00:00:00.000Z'

const settings: Owner = {
  file: 'settings.json',
  content: JSON.stringify({ ...defaultSettings, theme: 'dark', toolPaths: { docker: '/opt/docker' } }, null, 2),
  async open(folder) {
    const problems = createStateProblems()
    const store = openSettings(folder, silent, problems)
    const write = () => accepted(store.set({ firstRunDone: !store.get().firstRunDone }))
    return { entries: texts(Object.entries(store.get())), notices: problems.notices(), write }
  },
}
const annotations: Owner = {
  file: 'annotations.json',
  content: JSON.stringify(Object.fromEntries(many((id) => [`x:${id}`, { pinned: true, tags: ['가'], note: 'n' }]))),
  async open(folder) {
    const problems = createStateProblems()
    const store = openAnnotations(folder, silent, problems)
    const write = () => accepted(store.set('x:new', { pinned: true }))
    return { entries: texts(Object.entries(store.all())), notices: problems.notices(), write }
  },
}
const docker: Owner = {
  file: 'docker.json',
  content: JSON.stringify({
    version: 1,
    machines: Object.fromEntries(many((id) => [`docker:d/${id}`, { currentId: `now${id}`, restores: [] }])),
    trash: many((id) => ({
      ...{ id, endpointId: 'docker:d', machineId: `docker:d/${id}`, containerId: 'c', name: 'n' },
      ...{ removedAt: at, sizeBytes: null, snapshotCount: 2, restart: 'no', volumes: [], purging: false },
    })),
    edits: { s: { name: 'n', description: '' } },
  }),
  async open(folder) {
    const problems = createStateProblems()
    const journal = createJournal(folder, silent, problems)
    const write = () => accepted(journal.setEdit('new', { name: 'n', description: '' }))
    const entries = texts([...journal.machines(), ...journal.trash(), journal.edit('s')].filter((one) => one !== null))
    return { entries, notices: problems.notices(), write }
  },
}
const activity: Owner = {
  file: 'activity/journal.jsonl',
  content: many((id) => {
    const task = {
      taskId: id,
      verb: 'start',
      machineId: 'x:1',
      machineName: 'm',
      subject: null,
      state: 'succeeded',
    }
    return `${JSON.stringify({ ...task, startedAt: at, endedAt: at, error: null, result: null })}\n`
  }).join(''),
  async open(folder) {
    const problems = createStateProblems()
    // What was done leaves its commands too: a journal without a line beside them has lost some.
    mkdirSync(join(folder, 'activity/commands'), { recursive: true })
    writeFileSync(join(folder, 'activity/commands', `${idAt(0)}.json`), '[]')
    const store = openActivity(folder, silent, () => new Date(at), problems)
    await store.stop()
    const entries = texts(store.list({ id: null, limit: 100, before: null }))
    return { entries, notices: problems.notices(), write: async () => true }
  },
}
const trees = createTreeStore(z.object(keptSnapshotShape))
const tree: Owner = {
  file: 'snapshots.json',
  content: `${JSON.stringify(
    {
      ...{ version: 1, currentId: null, restores: [] },
      snapshots: many((id) => ({
        ...{ id: `berth-${id}`, name: 'n', description: '', parentId: null, createdAt: at },
        ...{ keptForUndo: false, power: 'off', phase: 'there' },
      })),
    },
    null,
    2,
  )}\n`,
  async open(folder) {
    const path = join(folder, 'snapshots.json')
    const read = await trees.read(path).catch(() => null)
    if (read === null) return { entries: [], notices: [refused], write: async () => false }
    const write = () => accepted(trees.write(path, read))
    return { entries: texts(read.snapshots), notices: read.damage === undefined ? [] : [read.damage], write }
  },
}
/** Stands for the error that a machine's page shows: it names the file, and nothing is written. */
const refused: Notice = { level: 'warning', text: { key: 'kept.error.tree' } }

export const wholeFiles: readonly Owner[] = [settings, annotations, docker, activity, tree]
