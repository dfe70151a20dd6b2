import { z } from 'zod'

const infoSchema = z.object({
  'virtual-size': z.number(),
  'actual-size': z.number().optional(),
  format: z.string(),
  'backing-filename': z.string().optional(),
  snapshots: z
    .array(z.object({ id: z.string(), name: z.string(), 'vm-state-size': z.number(), 'date-sec': z.number() }))
    .optional(),
  'format-specific': z.object({ data: z.object({ corrupt: z.boolean().optional() }).optional() }).optional(),
})

export interface ImageInfo {
  readonly format: string
  /** As the guest sees it. */
  readonly virtualBytes: number
  /** On the disk; null when not told. */
  readonly actualBytes: number | null
  readonly backingFile: string | null
  readonly isCorrupt: boolean
  readonly snapshots: readonly ImageSnapshot[]
}

export interface ImageSnapshot {
  readonly tag: string
  /** Memory kept in this image; 0 for a snapshot of the disk alone. */
  readonly memoryBytes: number
  /** ISO 8601 UTC. */
  readonly takenAt: string
}

/** Reads `qemu-img info --output=json`, or the `image` of a QMP block node. Throws on what is neither. */
export function parseImageInfo(value: unknown): ImageInfo {
  const info = infoSchema.parse(value)
  return {
    format: info.format,
    virtualBytes: info['virtual-size'],
    actualBytes: info['actual-size'] ?? null,
    backingFile: info['backing-filename'] ?? null,
    isCorrupt: info['format-specific']?.data?.corrupt ?? false,
    snapshots: (info.snapshots ?? []).map((snapshot) => ({
      tag: snapshot.name,
      memoryBytes: snapshot['vm-state-size'],
      takenAt: new Date(snapshot['date-sec'] * 1000).toISOString(),
    })),
  }
}

/** What is wrong inside an image. */
export interface ImageCheck {
  /** Places at which its tables contradict each other. */
  readonly errors: number
  /** Clusters that nobody has. */
  readonly leaks: number
}

/** Reads `qemu-img check --output=json`. What it counted before mending is in other fields. Throws on what is none. */
export function parseCheck(json: string): ImageCheck {
  const found = z
    .object({ 'check-errors': z.number(), corruptions: z.number().optional(), leaks: z.number().optional() })
    .parse(JSON.parse(json))
  return { errors: (found.corruptions ?? 0) + found['check-errors'], leaks: found.leaks ?? 0 }
}

/** Bytes a conversion will take at least, from `qemu-img measure --output=json`. */
export function parseMeasure(json: string): number {
  return z.object({ required: z.number() }).parse(JSON.parse(json)).required
}

/** How far `qemu-img convert -p` is, 0 to 1, from one of its `(12.34/100%)` lines; null for other lines. */
export function parseProgress(line: string): number | null {
  const percent = /\((\d+(?:\.\d+)?)\/100%\)/.exec(line)?.[1]
  return percent === undefined ? null : Math.min(1, Number(percent) / 100)
}
