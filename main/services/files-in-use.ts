import { realpath, stat } from 'node:fs/promises'
import { sep } from 'node:path'
import { errorOf } from '../../app/domain/errors.ts'
import type { MachineId, ProviderId } from '../../app/domain/ids.ts'
import { isSame } from '../../app/util/same.ts'
import { type ImageChain, readChain } from '../images/chain.ts'
import type { Log } from '../log.ts'
import type { MachineFiles, Provider } from '../providers/provider.ts'
import { withLimit } from './limit.ts'

/** A provider reads its own files; one that takes longer is not waited for. */
const answerMs = 5_000

/** One machine's use of one file. */
export interface FileUse {
  readonly machineId: MachineId
  readonly machineName: string
  /** The provider's own name, not translated. */
  readonly provider: string
  readonly isInTrash: boolean
  /** As the machine's description or an image's header names it. */
  readonly path: string
  /** `write`: the machine changes it. `read`: it must stay as it is. */
  readonly access: 'write' | 'read'
}

export interface Uses {
  readonly uses: readonly FileUse[]
  /** Providers and machines that may use any file, because it cannot be read which. */
  readonly unknown: readonly string[]
}

/** Which machine of which provider uses a file: disks, what they stand on, discs and saved memory, in the list or in the trash. */
export interface FilesInUse {
  /** Who uses these very files, under any name. Missing files are found by their path. */
  readonly usersOf: (paths: readonly string[], except: MachineId | null) => Promise<Uses>
  /** Who uses a file in this folder. */
  readonly usersIn: (folder: string, except: MachineId) => Promise<Uses>
  /** What one machine uses itself; null when its provider does not know it, or keeps no files on this computer. */
  readonly machineFiles: (id: MachineId, isInTrash: boolean) => Promise<UsedByMachine | null>
  /** Something of this provider's machines changed: they are asked for anew when it next matters. */
  readonly changed: (provider: ProviderId) => void
}

export interface UsedByMachine {
  readonly folder: string | null
  readonly uses: readonly FileUse[]
}

interface Resolved {
  readonly files: MachineFiles
  readonly uses: readonly (FileUse & { readonly identity: string | null; readonly realPath: string })[]
}

interface Known {
  isCurrent: boolean
  machines: readonly Resolved[]
  /** The provider's name when it could not say; it may then use any file. */
  unknown: readonly string[]
  asking: Promise<void> | null
}

export function createFilesInUse(providers: readonly Provider[], log: Log): FilesInUse {
  const never = new AbortController().signal
  const known = new Map<ProviderId, Known>()
  for (const { id, usedFiles } of providers) {
    if (usedFiles !== undefined) known.set(id, { isCurrent: false, machines: [], unknown: [], asking: null })
  }

  async function ask(provider: Provider, state: Known): Promise<void> {
    // Whatever changes from here on is asked for again.
    state.isCurrent = true
    try {
      const found = await withLimit((op) => provider.usedFiles?.(op) ?? Promise.resolve([]), {
        tool: provider.label,
        limitMs: answerMs,
        stop: never,
      })
      const before = new Map(state.machines.map((one) => [keyOf(one.files), one]))
      state.machines = await Promise.all(
        found.map(async (files) => {
          const last = before.get(keyOf(files))
          return last !== undefined && isSame(last.files, files) ? last : resolve(files, provider.label)
        }),
      )
      state.unknown = found.filter(({ isComplete }) => !isComplete).map(({ name }) => `${name} (${provider.label})`)
    } catch (error) {
      log.warn('files.unknown', { provider: provider.id, error: errorOf(error) })
      state.isCurrent = false
      state.unknown = [provider.label]
    }
  }

  /** Asks only those providers whose machines changed since they were asked. */
  async function refresh(): Promise<readonly Resolved[]> {
    await Promise.all(
      providers.map((provider) => {
        const state = known.get(provider.id)
        if (state === undefined || (state.isCurrent && state.asking === null)) return null
        state.asking ??= ask(provider, state).finally(() => {
          state.asking = null
        })
        return state.asking
      }),
    )
    return [...known.values()].flatMap(({ machines }) => machines)
  }

  const unknownTo = (self: Resolved | undefined): readonly string[] => {
    const all = [...known.values()].flatMap(({ unknown }) => unknown)
    return self === undefined ? all : all.filter((name) => !name.startsWith(`${self.files.name} (`))
  }

  return {
    async usersOf(paths, except) {
      const machines = await refresh()
      const wanted = await Promise.all(paths.map(identify))
      const identities = new Set(wanted.flatMap(({ identity }) => identity ?? []))
      const realPaths = new Set(wanted.map(({ realPath }) => realPath))
      const found = machines
        .filter(({ files }) => files.machineId !== except)
        .flatMap((one) => one.uses)
        .filter(({ identity, realPath }) => realPaths.has(realPath) || (identity !== null && identities.has(identity)))
      // A file that was replaced since leaves its number to another.
      const now = await Promise.all(found.map(({ path }) => identify(path)))
      const uses = found.filter((_use, index) => {
        const { identity = null, realPath = '' } = now[index] ?? {}
        return realPaths.has(realPath) || (identity !== null && identities.has(identity))
      })
      return { uses, unknown: unknownTo(machines.find(({ files }) => files.machineId === except)) }
    },
    async usersIn(folder, except) {
      const machines = await refresh()
      const real = await realpath(folder).catch(() => folder)
      const isInside = (path: string): boolean => path.startsWith(folder + sep) || path.startsWith(real + sep)
      const uses = machines
        .filter(({ files }) => files.machineId !== except)
        .flatMap((one) => one.uses)
        .filter(({ path, realPath }) => isInside(path) || isInside(realPath))
      return { uses, unknown: unknownTo(machines.find(({ files }) => files.machineId === except)) }
    },
    async machineFiles(id, isInTrash) {
      const machines = await refresh()
      const found = machines.find(({ files }) => files.machineId === id && files.isInTrash === isInTrash)
      return found === undefined ? null : { folder: found.files.folder, uses: found.uses }
    },
    changed(provider) {
      const state = known.get(provider)
      if (state !== undefined) state.isCurrent = false
    },
  }
}

function keyOf({ machineId, isInTrash }: MachineFiles): string {
  return `${isInTrash} ${machineId}`
}

/** A machine's files with all that they stand on, by the headers of its images. */
async function resolve(files: MachineFiles, provider: string): Promise<Resolved> {
  const about = {
    machineId: files.machineId,
    machineName: files.name,
    provider,
    isInTrash: files.isInTrash,
  }
  const uses = await Promise.all(
    files.files.map(async ({ path, access, format }) => {
      const chain = format === 'raw' ? null : await readChain(path, format).catch(() => null)
      const own = { ...about, path, access, ...(await identify(path)) }
      return [
        own,
        ...(await Promise.all(
          namedIn(chain, access).map(async (one) => ({ ...about, ...one, ...(await identify(one.path)) })),
        )),
      ]
    }),
  )
  return { files, uses: uses.flat() }
}

function namedIn(
  chain: ImageChain | null,
  access: FileUse['access'],
): readonly { readonly path: string; readonly access: FileUse['access'] }[] {
  return (chain?.named ?? [])
    .filter(({ place }) => place !== 'protocol')
    .map(({ path, role, namedBy }) => ({
      path,
      access: role === 'extent' && namedBy === chain?.layers[0]?.path ? access : 'read',
    }))
}

async function identify(path: string): Promise<{ readonly identity: string | null; readonly realPath: string }> {
  const [about, realPath] = await Promise.all([
    stat(path, { bigint: true }).catch(() => null),
    realpath(path).catch(() => path),
  ])
  return { identity: about === null ? null : `${about.dev}:${about.ino}`, realPath }
}
