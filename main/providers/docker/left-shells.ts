import { join } from 'node:path'
import { z } from 'zod'
import { errorOf } from '../../../app/domain/errors.ts'
import type { EndpointId } from '../../../app/domain/ids.ts'
import { fittingItems } from '../../state/read-state.ts'
import { openStateFile } from '../../state/state-file.ts'
import type { Host } from '../provider.ts'
import type { Follower } from './follow.ts'
import { hangUp, type ShellMark } from './shell-session.ts'

/** Beyond these the oldest are forgotten: most have long ended by themselves. */
const maxKept = 200

const entrySchema = z.object({
  endpointId: z.string() as unknown as z.ZodType<EndpointId>,
  containerId: z.string(),
  file: z.string().regex(/^\/dev\/shm\/\.berth-[0-9a-f]{16}$/),
  words: z.array(z.string()),
  user: z.string().nullable(),
})
type Entry = Readonly<z.infer<typeof entrySchema>>

/** Shells that this or an earlier Berth opened, so that those of one that was killed do not run on unseen. */
export interface LeftShells {
  opened(endpointId: EndpointId, mark: ShellMark): Promise<void>
  closed(mark: ShellMark): Promise<void>
  /** Hangs up what an earlier Berth left in the containers of one endpoint. */
  settle(follower: Follower): Promise<void>
}

export function createLeftShells(host: Host): LeftShells {
  const kept = openStateFile<readonly Entry[]>({
    path: join(host.dataDir, 'shells.json'),
    version: 1,
    empty: [],
    parse: (content, unfit) => {
      const { shells } = z.looseObject({ shells: z.unknown() }).parse(content)
      return fittingItems(shells, entrySchema, 'shells', unfit)
    },
    write: (shells) => JSON.stringify({ version: 1, shells }),
    log: host.log,
    // A shell that is not found again ends with its container.
    problems: null,
  })
  let left = kept.get()

  // What could not be written down is no reason to give a person no shell.
  const write = (apply: (entries: readonly Entry[]) => readonly Entry[]): Promise<void> =>
    kept.change((entries) => apply(entries).slice(-maxKept), null)

  return {
    opened: (endpointId, { containerId, file, words, user }) =>
      write((entries) => [...entries, { endpointId, containerId, file, words: [...words], user }]),
    closed: ({ file }) => write((entries) => entries.filter((entry) => entry.file !== file)),
    async settle({ engine, model }) {
      const mine = left.filter(({ endpointId }) => endpointId === engine.endpointId)
      left = left.filter((entry) => !mine.includes(entry))
      const done: Entry[] = []
      for (const entry of mine) {
        try {
          // What a shell wrote down goes with the container's end, and so did the shell.
          if (model.get(entry.containerId)?.word === 'running') await hangUp(host, engine, entry)
          done.push(entry)
        } catch (error) {
          host.log.warn('docker.shells.left', { file: entry.file, error: errorOf(error) })
        }
      }
      if (done.length > 0) await write((entries) => entries.filter((entry) => !done.includes(entry)))
    },
  }
}
