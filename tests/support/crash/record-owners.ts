import type { Notice } from '../../../app/domain/provider.ts'
import { defaultSettings } from '../../../app/domain/settings.ts'
import { createRunner } from '../../../main/exec/run.ts'
import { createBuiltinProvider } from '../../../main/providers/builtin/provider.ts'
import { quietOp } from '../../../main/providers/common/op.ts'
import { createPurges } from '../../../main/providers/common/purges.ts'
import type { Host, Provider } from '../../../main/providers/provider.ts'
import { createQemuProvider } from '../../../main/providers/qemu/provider.ts'
import { layoutOf } from '../../../main/providers/utm/layout.ts'
import { createRemove } from '../../../main/providers/utm/trash.ts'
import { createRestoreRecords } from '../../../main/providers/virtualbox/restore-records.ts'
import { createTrashStore } from '../../../main/providers/virtualbox/trash-store.ts'
import { createStateProblems } from '../../../main/state/problems.ts'
import { accepted, at, idAt, type Owner, silent, texts } from './state-owners.ts'

/** Three things of a kind, each in files of its own: the first one's is damaged. */
const three = [0, 1, 2].map((index) => {
  const id = idAt(index)
  return `${id.slice(0, 8)}-${id.slice(8, 12)}-4${id.slice(13, 16)}-8${id.slice(17, 20)}-${id.slice(20, 32)}`
})
const [first = ''] = three

type Files = Readonly<Record<string, object | string>>

/** `filesOf` gives the files of one thing; `file` is the one that is damaged. */
function recordsOf(file: string, filesOf: (uuid: string) => Files): Pick<Owner, 'file' | 'content' | 'beside'> {
  const all = Object.fromEntries(
    three
      .flatMap((uuid) => Object.entries(filesOf(uuid)))
      .map(([path, content]) => [
        path,
        typeof content === 'string' ? content : `${JSON.stringify(content, null, 2)}\n`,
      ]),
  )
  const { [file]: content = '', ...beside } = all
  return { file, content, beside }
}

/** The same of machines: `filesOf` gives what is in one's own folder, `file` is in the first one's. */
export function filesOfThree(file: string, folder: string, filesOf: (uuid: string) => Files) {
  const inFolder = (uuid: string): Files =>
    Object.fromEntries(Object.entries(filesOf(uuid)).map(([name, content]) => [`${folder}/${uuid}/${name}`, content]))
  return { ...recordsOf(`${folder}/${first}/${file}`, inFolder), first }
}

/** Stands for what a machine's row and page say themselves. */
const said: Notice = { level: 'warning', text: { key: 'kept.error.unreadable' } }

export type RecordHost = Host & { readonly problems: ReturnType<typeof createStateProblems> }

export function hostIn(folder: string): RecordHost {
  return {
    exec: createRunner(silent),
    findTool: async () => null,
    findTools: async () => new Map(),
    now: () => new Date(at),
    dataDir: folder,
    cacheDir: `${folder}/cache`,
    runtimeDir: `${folder}/run`,
    log: silent,
    settings: () => defaultSettings,
    platform: process.platform,
    problems: createStateProblems(),
  }
}

/** Machines in folders of Berth's, and what of them is in the trash: seen through their provider. */
async function openFolders(folder: string, create: (host: Host) => Provider, endpointId: string) {
  const host = hostIn(folder)
  const provider = create(host)
  const id = `${endpointId.split(':')[0]}:${first}` as const
  const machines = await provider.list(endpointId as never, quietOp)
  const removed = (await provider.trash?.list(quietOp)) ?? []
  const isSaid = machines.some(({ state }) => state === 'inaccessible')
  const trees = await Promise.all(
    machines.map((machine) => accepted(provider.snapshots?.tree(machine.id, quietOp) ?? Promise.resolve())),
  )
  return {
    entries: texts([...machines.map((machine) => machine.id), ...removed.map((item) => item.id), ...trees]),
    notices: [...host.problems.notices(), ...(isSaid ? [said] : [])],
    async write() {
      const isRemoved = removed.some((item) => item.id === first)
      const work = isRemoved
        ? provider.trash?.recover(first, quietOp)
        : provider.rename?.rename(id as never, 'new', quietOp)
      const isDone = await accepted(work ?? Promise.reject())
      await provider.dispose()
      return isDone
    },
  }
}

function builtinFiles(folder: string, name: string): Owner {
  const about = (uuid: string): Files => ({
    [`${folder}/${uuid}/machine.json`]: {
      ...{ version: 1, uuid, name: '가', createdAt: at, system: 'monitor', memoryBytes: 4_194_304 },
      ...{ diskBytes: null, discPath: null },
    },
    [`${folder}/${uuid}/run.json`]: { version: 1, startedAt: at, ended: { at, how: 'stopped', said: null } },
    [`${folder}/${uuid}/removed.json`]: { version: 1, at },
  })
  return {
    ...recordsOf(`${folder}/${first}/${name}`, about),
    open: (at) => openFolders(at, createBuiltinProvider as never, 'builtin:local'),
  }
}

const qemuMachine: Owner = {
  ...recordsOf(`machines/${first}/machine.json`, (uuid) => ({
    [`machines/${uuid}/machine.json`]: {
      ...{
        version: 1,
        uuid,
        name: '가',
        createdAt: at,
        arch: 'x86_64',
        machine: null,
        cpus: 1,
        memoryBytes: 33_554_432,
      },
      ...{ disks: [], isoPath: null, network: { mode: 'none' }, mac: '52:54:00:00:00:01', firmware: { kind: 'bios' } },
      ...{ graphics: 'none', bases: [] },
    },
  })),
  open: (folder) => openFolders(folder, createQemuProvider as never, 'qemu:local'),
}

const virtualboxTrash: Owner = {
  ...recordsOf(`trash/${first}.json`, (uuid) => ({
    [`trash/${uuid}.json`]: {
      ...{ version: 1, uuid, name: '가', removedAt: at, snapshotCount: 1, settingsPath: `/vms/${uuid}/m.vbox` },
      moved: { from: `/vms/${uuid}`, to: `/vms/.berth-trash/${uuid}` },
      borrowed: [{ uuid, kind: 'disk', path: `/d/${uuid}.vdi`, format: 'VDI', type: null, parentId: null }],
      phase: 'there',
    },
  })),
  async open(folder) {
    const host = hostIn(folder)
    const store = createTrashStore(host)
    const entries = texts((await store.list()).map(({ uuid }) => uuid))
    return { entries, notices: host.problems.notices(), write: () => accepted(store.get(first)) }
  },
}

const virtualboxRestores: Owner = {
  ...recordsOf(`snapshots/${first}.json`, (uuid) => ({
    [`snapshots/${uuid}.json`]: {
      version: 1,
      restores: [
        {
          ...{ id: 'r', direction: 'restored', state: 'done', snapshotId: uuid, snapshotName: '가', keptId: uuid },
          ...{ keptAt: at, keptPower: 'off', phase: 'done', replaces: null },
        },
      ],
      spent: [],
      powers: { [uuid]: 'running' },
    },
  })),
  async open(folder) {
    const host = hostIn(folder)
    const records = createRestoreRecords(host)
    const read = await Promise.all(three.map((uuid) => records.read(uuid).catch(() => null)))
    return {
      entries: texts(read.map((file) => file?.restores[0]?.id ?? null)),
      notices: host.problems.notices(),
      write: () =>
        accepted(records.read(first).then((file) => records.write(first, { ...file, powers: { new: 'off' } }))),
    }
  },
}

const utmTrash: Owner = {
  ...recordsOf(`trash/${first}/removed.json`, (uuid) => ({
    [`trash/${uuid}/removed.json`]: { version: 1, at, uuid, name: '가', bundle: 'm.utm' },
    [`trash/${uuid}/m.utm/config.plist`]: 'x',
  })),
  async open(folder) {
    const host = hostIn(folder)
    const machineRegistry = { changed: () => {} }
    const layout = layoutOf(folder)
    const { trash } = createRemove({ host, layout, machineRegistry, purges: createPurges(layout) } as never)
    const entries = texts((await trash.list(quietOp)).map(({ id }) => id))
    // Emptying needs the record too; what is left of it is another owner's.
    return { entries, notices: host.problems.notices(), write: () => accepted(trash.purge(first, quietOp)) }
  },
}

export const recordFiles: readonly Owner[] = [
  builtinFiles('machines', 'machine.json'),
  builtinFiles('machines', 'run.json'),
  builtinFiles('trash', 'machine.json'),
  builtinFiles('trash', 'removed.json'),
  qemuMachine,
  virtualboxTrash,
  virtualboxRestores,
  utmTrash,
]
