import { deflateRawSync, inflateRawSync } from 'node:zlib'
import { z } from 'zod'

const schema = z.object({
  version: z.literal(1),
  id: z.string().regex(/^[0-9a-f]{16}$/),
  name: z.string(),
  description: z.string(),
  /** All snapshots it came from, nearest first: when one is deleted, the next is the parent. */
  ancestors: z.array(z.string()),
  createdAt: z.string(),
  /** The container it was taken of, which is not the machine's own id after a restore. */
  containerId: z.string(),
  /** What that container runs, by the name a person knows, though it was itself made from a snapshot. */
  image: z.string(),
  /** Size of the image that container was made from: the snapshot's own size is the difference. */
  baseBytes: z.number(),
  /** The container's configuration as `inspect` had it: enough to make one like it when it is gone. */
  container: z.object({
    Name: z.string(),
    Config: z.record(z.string(), z.unknown()),
    HostConfig: z.record(z.string(), z.unknown()),
    Mounts: z.array(z.unknown()),
    Networks: z.record(z.string(), z.unknown()),
  }),
})
export type SnapshotLabel = z.infer<typeof schema>

/** Most that is unpacked: a label made to fill the memory is not one of ours. */
const maxBytes = 4 * 1024 * 1024

/**
 * Packs all that is said about a snapshot into one label. Base64url of compressed JSON: nothing a person typed meets the grammar
 * of `LABEL` (quotes, backslashes, `$`, newlines), and a container's whole configuration fits a Windows command line.
 */
export function packLabel(label: SnapshotLabel): string {
  return deflateRawSync(Buffer.from(JSON.stringify(label), 'utf8'), { level: 9 }).toString('base64url')
}

/** null for what is not a label of ours, or not readable any more. */
export function unpackLabel(text: string): SnapshotLabel | null {
  try {
    const json = inflateRawSync(Buffer.from(text, 'base64url'), { maxOutputLength: maxBytes }).toString('utf8')
    return schema.parse(JSON.parse(json))
  } catch {
    return null
  }
}
