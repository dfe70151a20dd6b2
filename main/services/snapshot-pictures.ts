import { createHash } from 'node:crypto'
import { readdir, readFile, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { z } from 'zod'
import type { SnapshotPicture } from '../../app/contract/views.ts'
import type { MachineId, SnapshotId } from '../../app/domain/ids.ts'
import { MiB } from '../../app/domain/units.ts'
import type { Log } from '../log.ts'
import type { Picture } from '../screen/frame.ts'
import { encodePng, shrink } from '../screen/png.ts'
import { writeAtomic } from '../write-atomic.ts'

/** Whoever takes one snapshot after the other is not slowed by a picture of each: the last one counts. */
const quietMs = 150
/** Twice the width that a window shows it at, for dense displays. */
const maxSide = 640
/** Of all pictures together. The oldest go first: nothing but a picture is lost with them. */
const maxBytes = 256 * MiB

const fileSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('text'), columns: z.number(), rows: z.number(), data: z.string() }),
  z.object({ kind: z.literal('image'), width: z.number(), height: z.number(), data: z.string() }),
])

/**
 * What machines' screens showed when their snapshots were taken. One that somebody looks at is at hand; any other is looked at
 * just after, so that no snapshot waits for it.
 */
export interface SnapshotPictures {
  /** A snapshot of a machine is about to be taken. To be called with its id once it was. */
  taking(id: MachineId): (snapshotId: SnapshotId) => void
  /** null when there is none. */
  read(id: MachineId, snapshotId: SnapshotId): Promise<SnapshotPicture | null>
  /** Never fails. */
  forget(id: MachineId, snapshotIds: readonly SnapshotId[]): Promise<void>
  /** Of a machine that is gone for good: what its screen showed goes with it. Never fails. */
  forgetMachine(id: MachineId): Promise<void>
}

export interface SnapshotPicturesOptions {
  readonly folder: string
  /** A machine's screen this moment; null unless somebody looks at it. */
  readonly currentPicture: (id: MachineId) => Picture | null
  /** A machine's screen soon, whole; null when it has none or does not show it in time. */
  readonly capture: (id: MachineId) => Promise<Picture | null>
  /** Whether something is done with the machine that may change its screen. */
  readonly isBusy: (id: MachineId) => boolean
  readonly kept: (id: MachineId) => void
  readonly log: Log
}

export function createSnapshotPictures(options: SnapshotPicturesOptions): SnapshotPictures {
  const latest = new Map<MachineId, SnapshotId>()

  const lookLater = async (id: MachineId, snapshotId: SnapshotId): Promise<Picture | null> => {
    await delay(quietMs)
    // Another was taken since, or the machine is being changed: its screen is not this snapshot's any more.
    const isOutdated = (): boolean => latest.get(id) !== snapshotId || options.isBusy(id)
    if (isOutdated()) return null
    const picture = await options.capture(id)
    return isOutdated() ? null : picture
  }
  const keep = async (id: MachineId, snapshotId: SnapshotId, seen: Picture | null): Promise<void> => {
    const picture = seen ?? (await lookLater(id, snapshotId))
    if (picture === null) return
    await writeAtomic(join(options.folder, nameOf(id, snapshotId)), JSON.stringify(await smallPicture(picture)))
    options.kept(id)
    await makeRoom(options.folder)
  }

  // What it was of is gone: a picture that stays behind must not make that look as if it had failed.
  const drop = (name: string): Promise<void> =>
    rm(join(options.folder, name), { force: true }).catch((error: unknown) =>
      options.log.warn('snapshot.picture', { error: String(error) }),
    )

  return {
    taking(id) {
      const seen = options.currentPicture(id)
      return (snapshotId) => {
        latest.set(id, snapshotId)
        keep(id, snapshotId, seen)
          .catch((error: unknown) => options.log.warn('snapshot.picture', { error: String(error) }))
          .finally(() => {
            if (latest.get(id) === snapshotId) latest.delete(id)
          })
      }
    },
    async read(id, snapshotId) {
      try {
        return fileSchema.parse(JSON.parse(await readFile(join(options.folder, nameOf(id, snapshotId)), 'utf8')))
      } catch {
        return null
      }
    },
    async forget(id, snapshotIds) {
      for (const snapshotId of snapshotIds) await drop(nameOf(id, snapshotId))
    },
    async forgetMachine(id) {
      latest.delete(id)
      const there = await readdir(options.folder).catch(() => [])
      for (const name of there) if (name.startsWith(beginningOf(id))) await drop(name)
    },
  }
}

/** Ids hold what no file's name may. A machine's pictures begin alike. */
function nameOf(id: MachineId, snapshotId: SnapshotId): string {
  return `${beginningOf(id)}${digestOf(snapshotId)}.json`
}

function beginningOf(id: MachineId): string {
  return `${digestOf(id)}-`
}

function digestOf(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 32)
}

async function smallPicture(picture: Picture): Promise<SnapshotPicture> {
  const inBase64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64')
  if (picture.kind === 'text') {
    const { columns, rows, data } = picture
    return { kind: 'text', columns, rows, data: inBase64(data) }
  }
  const { width, height, data } = picture
  // A photograph is a PNG file already.
  if (picture.kind === 'picture') return { kind: 'image', width, height, data: inBase64(data) }
  const small = shrink({ width, height, pixels: data }, maxSide)
  const png = await encodePng(small.width, small.height, small.pixels)
  return { kind: 'image', width: small.width, height: small.height, data: inBase64(png) }
}

async function makeRoom(folder: string): Promise<void> {
  const files = await Promise.all(
    (await readdir(folder)).map(async (name) => {
      const path = join(folder, name)
      const { size, mtimeMs } = await stat(path)
      return { path, size, mtimeMs }
    }),
  )
  let bytes = files.reduce((sum, { size }) => sum + size, 0)
  for (const { path, size } of files.sort((one, other) => one.mtimeMs - other.mtimeMs)) {
    if (bytes <= maxBytes) return
    await rm(path, { force: true })
    bytes -= size
  }
}
