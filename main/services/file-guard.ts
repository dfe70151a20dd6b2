import { basename } from 'node:path'
import { type Failure, failure } from '../../app/domain/errors.ts'
import { type MachineId, parseId } from '../../app/domain/ids.ts'
import type { LostFile, Machine } from '../../app/domain/machine.ts'
import { type CreateSpec, type DiskFormat, diskFormats, type ImageInspection } from '../../app/domain/spec.ts'
import { agreedPaths, askedFile } from '../images/agreed.ts'
import { readChain } from '../images/chain.ts'
import { isElsewhere, namedProblems, problemWith } from '../images/check.ts'
import type { FilesInUse, FileUse } from './files-in-use.ts'

/** Asked before a file is taken in place, moved, written, restored over or purged: who else uses it. */
export interface FileGuard {
  /** Throws when a disk that is to be used in place is another machine's, or may be and nobody agreed to that. */
  readonly checkTaken: (spec: CreateSpec) => Promise<void>
  /** Throws when another machine uses a file that is to be taken for one that this machine misses. Returns who could not be asked. */
  readonly checkLocated: (id: MachineId, kind: LostFile['kind'], path: string) => Promise<readonly string[]>
  /** What speaks against an image that a person chose, and what needs a yes. */
  readonly inspectImage: (wish: {
    readonly path: string
    readonly format: DiskFormat | null
    readonly use: 'copy' | 'in-place'
  }) => Promise<ImageInspection>
  /** Machines that use a file in the machine's own folder, by name and provider. */
  readonly blockingRemoval: (id: MachineId) => Promise<readonly string[]>
  readonly checkRemoval: (id: MachineId) => Promise<void>
  /** `unknown`: who could not be asked. A purge needs the person's word for it that they use nothing of it. */
  readonly planPurge: (
    id: MachineId,
  ) => Promise<{ readonly blockedBy: readonly string[]; readonly unknown: readonly string[] }>
  /** `acknowledged`: those of the unknown that the person was shown and said yes to. */
  readonly checkPurge: (id: MachineId, acknowledged: readonly string[]) => Promise<void>
  /** Throws when changing the machine's disks would change another machine's. */
  readonly checkWritten: (id: MachineId) => Promise<void>
  /** Throws when another provider's machine that is on, or one that reads it as a base, has a disk of this machine. */
  readonly checkStart: (id: MachineId) => Promise<void>
}

export function createFileGuard(files: FilesInUse, machineOf: (id: MachineId) => Machine | null): FileGuard {
  const blockers = async (
    id: MachineId,
    isInTrash: boolean,
  ): Promise<{ readonly blockedBy: readonly string[]; readonly unknown: readonly string[] }> => {
    const own = await files.machineFiles(id, isInTrash)
    if (own === null || own.folder === null) return { blockedBy: [], unknown: [] }
    const { uses, unknown } = await files.usersIn(own.folder, id)
    return { blockedBy: namesOf(uses), unknown }
  }

  const conflictsOf = async (id: MachineId): Promise<readonly FileUse[]> => {
    const own = await files.machineFiles(id, false)
    const written = (own?.uses ?? []).filter(({ access }) => access === 'write').map(({ path }) => path)
    return written.length === 0 ? [] : (await files.usersOf(written, id)).uses
  }

  /** Why an image can't be used in place, and what can't be told of it. */
  const takenBy = async (path: string, format: DiskFormat | null, self: MachineId | null = null) => {
    const chain = await readChain(path, format)
    const [image = path, ...others] = [
      ...chain.layers.map((layer) => layer.path),
      ...chain.named.flatMap((one) => (one.place === 'protocol' ? [] : one.path)),
    ]
    const written = [image, ...(chain.layers[0]?.extents ?? []).map((extent) => extent.path)]
    const [taken, stoodOn] = await Promise.all([files.usersOf(written, self), files.usersOf(others, self)])
    // Two disks may stand on one base that nobody writes to.
    const [use] = [...taken.uses, ...stoodOn.uses.filter(({ access }) => access === 'write')]
    const names = taken.unknown
    return {
      problem: use === undefined ? null : inUse(use),
      unknown: names.length === 0 ? null : { path: image, names, problem: unknownUse(path, names) },
    }
  }

  return {
    async checkTaken(spec) {
      if (spec.kind !== 'vm' || spec.disk.from !== 'image' || spec.disk.use !== 'in-place') return
      const { path, format, allowedFiles } = spec.disk
      const { problem, unknown } = await takenBy(path, format)
      if (problem !== null) throw problem
      if (unknown !== null && !(await agreedPaths(allowedFiles)).includes(unknown.path)) throw unknown.problem
    },
    async checkLocated(id, kind, path) {
      if (kind === 'settings') return []
      if (kind === 'disk') {
        const { problem, unknown } = await takenBy(path, null, id)
        if (problem !== null) throw problem
        return unknown?.names ?? []
      }
      const { uses, unknown } = await files.usersOf([path], id)
      // Any number of machines may read one disc.
      const use = uses.find(({ access }) => access === 'write')
      if (use !== undefined) throw inUse(use)
      return unknown
    },
    async inspectImage({ path, format, use }) {
      const chain = await readChain(path, null)
      const found = diskFormats.find((one) => one === chain.layers[0]?.format) ?? 'raw'
      const as = format ?? found
      const agreed = chain.named.filter((one) => isElsewhere(one, [])).map((one) => one.path)
      const wish = { path, format: as, use, allowed: agreed }
      const taken = use === 'in-place' ? await takenBy(path, as).catch(() => null) : null
      const [problem] = [
        problemWith(chain, wish, 'disk.path') ?? [],
        namedProblems(chain, wish, 'disk.path'),
        taken?.problem ?? [],
      ].flat()
      if (problem !== undefined) return { problem: problem.error, asks: [] }
      const asks = await Promise.all(
        [...new Set(agreed)].map(async (file): Promise<ImageInspection['asks'][number]> => {
          return { ...(await askedFile(file)), message: { key: 'image.ask.file', params: { path: file } } }
        }),
      )
      const { unknown = null } = taken ?? {}
      if (unknown !== null) {
        // All of them: the yes is to each.
        const params = { names: unknown.names.join(', ') }
        asks.push({ ...(await askedFile(unknown.path)), message: { key: 'image.ask.unknown', params } })
      }
      return { problem: null, asks }
    },
    blockingRemoval: async (id) => (await blockers(id, false)).blockedBy,
    async checkRemoval(id) {
      const { blockedBy } = await blockers(id, false)
      if (blockedBy.length > 0) throw blocked(blockedBy)
    },
    planPurge: (id) => blockers(id, true),
    async checkPurge(id, acknowledged) {
      const { blockedBy, unknown } = await blockers(id, true)
      if (blockedBy.length > 0) throw blocked(blockedBy)
      const unasked = unknown.filter((name) => !acknowledged.includes(name))
      if (unasked.length > 0) throw purgeUnknown(unasked)
    },
    async checkWritten(id) {
      const [use] = await conflictsOf(id)
      if (use !== undefined) throw shared(use)
    },
    async checkStart(id) {
      const provider = parseId(id)?.provider
      const uses = await conflictsOf(id)
      const use = uses.find((one) => {
        if (one.isInTrash || parseId(one.machineId)?.provider === provider) return false
        const other = machineOf(one.machineId)
        return one.access === 'read' || (other !== null && other.state !== 'stopped' && other.state !== 'crashed')
      })
      if (use !== undefined) throw shared(use)
    },
  }
}

/** How a machine of another provider is called: by its name and where it is. */
function nameOf({ machineName, provider }: FileUse): string {
  return `${machineName} (${provider})`
}

function namesOf(uses: readonly FileUse[]): readonly string[] {
  return [...new Set(uses.map(nameOf))]
}

function blocked(names: readonly string[]): Failure {
  return failure(
    'in-use',
    { key: 'remove.blocked', params: { reasons: names.join(', ') } },
    { hint: { key: 'files.inUse.remove.hint' } },
  )
}

function inUse(use: FileUse): Failure {
  return failure(
    'in-use',
    { key: 'files.inUse', params: { file: basename(use.path), machine: nameOf(use) } },
    { hint: { key: 'files.inUse.hint' }, field: 'disk.path', detail: use.path },
  )
}

export function unknownUse(path: string, unknown: readonly string[]): Failure {
  return failure(
    'in-use',
    { key: 'files.inUse.unknown', params: { file: basename(path), names: unknown.slice(0, 5).join(', ') } },
    { hint: { key: 'files.inUse.unknown.hint' }, field: 'disk.path', detail: unknown.join('\n') },
  )
}

function purgeUnknown(unknown: readonly string[]): Failure {
  return failure(
    'in-use',
    { key: 'files.inUse.purge', params: { names: unknown.slice(0, 5).join(', ') } },
    { hint: { key: 'files.inUse.purge.hint' }, detail: unknown.join('\n') },
  )
}

function shared(use: FileUse): Failure {
  return failure(
    'in-use',
    { key: 'files.inUse.shared', params: { file: basename(use.path), machine: nameOf(use) } },
    { hint: { key: 'files.inUse.shared.hint' }, detail: use.path },
  )
}
