import { join } from 'node:path'
import { z } from 'zod'
import type { MachineId } from '../../app/domain/ids.ts'
import { type Annotation, noAnnotation } from '../../app/domain/machine.ts'
import { isSame } from '../../app/util/same.ts'
import type { Log } from '../log.ts'
import { createStateProblems, type StateProblems } from '../state/problems.ts'
import { fittingEntries } from '../state/read-state.ts'
import { openStateFile } from '../state/state-file.ts'

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

const annotationSchema = z.object({ pinned: z.boolean(), tags: z.array(z.string()), note: z.string() })

export function openAnnotations(
  dataDir: string,
  log: Log,
  problems: StateProblems = createStateProblems(),
): AnnotationStore {
  const file = openStateFile<Annotations>({
    path: join(dataDir, 'annotations.json'),
    version: null,
    empty: {},
    parse: (content, unfit) => fittingEntries(content, annotationSchema, '', unfit) as Annotations,
    log,
    problems,
  })

  return {
    all: file.get,
    async set(id, changes) {
      const before = file.get()[id] ?? noAnnotation
      const after: Annotation = {
        pinned: changes.pinned ?? before.pinned,
        tags: [...new Set(changes.tags ?? before.tags)],
        note: changes.note ?? before.note,
      }
      if (isSame(before, after)) return file.get()
      await file.change(
        (all) => withAnnotation(all, id, after),
        (all) => withAnnotation(all, id, before),
      )
      return file.get()
    },
  }
}

function withAnnotation(all: Annotations, id: MachineId, annotation: Annotation): Annotations {
  const { [id]: _old, ...others } = all
  return isSame(annotation, noAnnotation) ? others : { ...others, [id]: annotation }
}
