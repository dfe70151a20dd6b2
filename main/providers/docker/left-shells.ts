import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { errorOf } from '../../../app/domain/errors.ts'
import type { EndpointId } from '../../../app/domain/ids.ts'
import { writeAtomic } from '../../write-atomic.ts'
import type { Host } from '../provider.ts'
import type { Follower } from './follow.ts'
import { hangUp, type ShellMark } from './shell-session.ts'

/** Beyond these the oldest are forgotten: most have long ended by themselves. */
const mostKept = 200

const entrySchema = z.object({
  endpointId: z.string() as unknown as z.ZodType<EndpointId>,
  containerId: z.string(),
  file: z.string().regex(/^\/dev\/shm\/\.berth-[0-9a-f]{16}$/),
  words: z.array(z.string()),
  user: z.string().nullable(),
})
const fileSchema = z.object({ version: z.literal(1), shells: z.array(entrySchema) })
type Entry = Readonly<z.infer<typeof entrySchema>>

/** Shells that this or an earlier Berth opened, so that those of one that was killed do not run on unseen. */
export interface LeftShells {
  opened(endpointId: EndpointId, mark: ShellMark): Promise<void>
  closed(mark: ShellMark): Promise<void>
  /** Hangs up what an earlier Berth left in the containers of one endpoint. */
  settle(follower: Follower): Promise<void>
}

export function createLeftShells(host: Host): LeftShells {
  const path = join(host.dataDir, 'shells.json')
  let entries = read(path)
  let left = entries
  let writing: Promise<unknown> = Promise.resolve()

  // What could not be written down is no reason to give a person no shell.
  const write = (next: readonly Entry[]): Promise<void> => {
    entries = next.slice(-mostKept)
    const text = JSON.stringify({ version: 1, shells: entries })
    const done = writing
      .then(() => writeAtomic(path, text))
      .catch((error: unknown) => host.log.warn('docker.shells.unwritten', { error: errorOf(error) }))
    writing = done
    return done
  }

  return {
    opened: (endpointId, { containerId, file, words, user }) =>
      write([...entries, { endpointId, containerId, file, words: [...words], user }]),
    closed: ({ file }) => write(entries.filter((entry) => entry.file !== file)),
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
      if (done.length > 0) await write(entries.filter((entry) => !done.includes(entry)))
    },
  }
}

/** What cannot be read is not worth keeping Berth from starting. */
function read(path: string): readonly Entry[] {
  try {
    return fileSchema.parse(JSON.parse(readFileSync(path, 'utf8'))).shells
  } catch {
    return []
  }
}
