import { readFileSync, renameSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import type { MachineId } from '../../app/domain/ids.ts'
import { type Annotation, noAnnotation } from '../../app/domain/machine.ts'
import { isSame } from '../../app/util/same.ts'
import { createSerial } from '../../app/util/serial.ts'
import type { Log } from '../log.ts'
import { writeAtomic } from '../write-atomic.ts'

export type Annotations = Readonly<Record<MachineId, Annotation>>

/** Pins, tags and notes: what a person says about machines, whatever becomes of their provider. */
export interface AnnotationStore {
  /** Only machines that have any; kept also while a machine is not there, since it may come back out of the trash. */
  readonly all: () => Annotations
  /** Changes what is given and answers with all as they are now; what is said twice is said once. */
  readonly set: (id: MachineId, changes: AnnotationChange) => Promise<Annotations>
}

export interface AnnotationChange {
  readonly pinned?: boolean | undefined
  readonly tags?: readonly string[] | undefined
  readonly note?: string | undefined
}

const fileSchema = z.record(z.string(), z.object({ pinned: z.boolean(), tags: z.array(z.string()), note: z.string() }))

export function openAnnotations(dataDir: string, log: Log): AnnotationStore {
  const path = join(dataDir, 'annotations.json')
  let all = read(path, log)
  const writes = createSerial()

  return {
    all: () => all,
    async set(id, changes) {
      const before = all[id] ?? noAnnotation
      const after: Annotation = {
        pinned: changes.pinned ?? before.pinned,
        tags: [...new Set(changes.tags ?? before.tags)],
        note: changes.note ?? before.note,
      }
      if (isSame(before, after)) return all
      const { [id]: _old, ...others } = all
      all = isSame(after, noAnnotation) ? others : { ...others, [id]: after }
      // What is written is what is true when its turn comes: the last one wins, whole.
      await writes.run('write', () => writeAtomic(path, `${JSON.stringify(all, null, 2)}\n`))
      return all
    },
  }
}

function read(path: string, log: Log): Annotations {
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch {
    return {}
  }
  try {
    return fileSchema.parse(JSON.parse(text)) as Annotations
  } catch (error) {
    const aside = `${path}.damaged-${new Date().toISOString().replaceAll(':', '-')}`
    log.warn('annotations.damaged', { path, aside, error: String(error) })
    renameSync(path, aside)
    return {}
  }
}
