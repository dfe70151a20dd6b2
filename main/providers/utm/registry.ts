import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { readPlist } from './plist.ts'

/** What UTM remembers of a machine besides its bundle. It writes it about a second after it changed. */
export interface RegistryEntry {
  /** Where the bundle was when UTM last looked. */
  readonly path: string
  readonly isSuspended: boolean
  /** Discs in removable drives, by the drive's identifier. */
  readonly discs: ReadonlyMap<string, string>
}

/** By UUID, in upper case. */
export type Registry = ReadonlyMap<string, RegistryEntry>

const fileSchema = z.object({ Path: z.string() })
const entrySchema = z.object({
  Package: fileSchema,
  Suspended: z.boolean().default(false),
  ExternalDrives: z.record(z.string(), z.unknown()).default({}),
})
const preferencesSchema = z.object({ Registry: z.record(z.string(), z.unknown()).default({}) })

/** UTM's own folder below a person's home, as macOS keeps it for a program in a sandbox. */
export function containerOf(home: string): { readonly documents: string; readonly preferences: string } {
  const data = join(home, 'Library/Containers/com.utmapp.UTM/Data')
  return {
    documents: join(data, 'Documents'),
    preferences: join(data, 'Library/Preferences/com.utmapp.UTM.plist'),
  }
}

/** Reads the registry when it changed; null when macOS does not let Berth, empty when UTM has not written one yet. */
export function createRegistry(path: string): () => Promise<Registry | null> {
  let stamp = ''
  let known: Registry | null = null
  return async () => {
    try {
      const { mtimeMs, size, ino } = await stat(path)
      const now = `${mtimeMs}:${size}:${ino}`
      if (now === stamp) return known
      known = parseRegistry(await readPlist(path))
      stamp = now
      return known
    } catch (error) {
      stamp = ''
      known = null
      return (error as NodeJS.ErrnoException).code === 'ENOENT' ? new Map() : null
    }
  }
}

/** One entry that cannot be read is left out; it does not take the others with it. */
export function parseRegistry(preferences: unknown): Registry {
  const entries = new Map<string, RegistryEntry>()
  for (const [uuid, value] of Object.entries(preferencesSchema.parse(preferences).Registry)) {
    const entry = entrySchema.safeParse(value).data
    if (entry === undefined) continue
    const discs = Object.entries(entry.ExternalDrives).flatMap(([id, file]) => {
      const disc = fileSchema.safeParse(file).data
      return disc === undefined ? [] : [[id, disc.Path] as const]
    })
    entries.set(uuid.toUpperCase(), {
      path: entry.Package.Path,
      isSuspended: entry.Suspended,
      discs: new Map(discs),
    })
  }
  return entries
}
