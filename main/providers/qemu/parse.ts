import { z } from 'zod'

/** Version from `qemu-system-X --version` or `qemu-img --version`: `7.2.22`. Null when the text holds none. */
export function parseVersion(text: string): string | null {
  return /\bversion (\d+(?:\.\d+)+)/.exec(text)?.[1] ?? null
}

/** Whether `version` is at least `floor`, by numbers. */
export function isAtLeast(version: string, floor: string): boolean {
  const ours = version.split('.').map(Number)
  const least = floor.split('.').map(Number)
  for (let index = 0; index < least.length; index += 1) {
    const difference = (ours[index] ?? 0) - (least[index] ?? 0)
    if (difference !== 0) return difference > 0
  }
  return true
}

/** The versioned name behind an alias in `-machine help`; the name itself when it is no alias; null when it is not there. */
export function parseMachineType(help: string, wanted: string): string | null {
  for (const line of help.split('\n')) {
    const [name = '', ...words] = line.trim().split(/\s+/)
    if (name !== wanted) continue
    return /\(alias of ([^)\s]+)\)/.exec(words.join(' '))?.[1] ?? name
  }
  return null
}

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

/** Bytes a conversion will take at least, from `qemu-img measure --output=json`. */
export function parseMeasure(json: string): number {
  return z.object({ required: z.number() }).parse(JSON.parse(json)).required
}

/** How far `qemu-img convert -p` is, 0 to 1, from one of its `(12.34/100%)` lines; null for other lines. */
export function parseProgress(line: string): number | null {
  const percent = /\((\d+(?:\.\d+)?)\/100%\)/.exec(line)?.[1]
  return percent === undefined ? null : Math.min(1, Number(percent) / 100)
}

/** Seconds a process has used, from `/proc/PID/stat`, with its start and state; null for what is no such line. */
export function parseProcStat(text: string): { state: string; cpuTicks: number; startTicks: string } | null {
  // The second field is the program's name in parentheses and may hold anything, parentheses included.
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ')
  const [state, user, system, start] = [fields[0], fields[11], fields[12], fields[19]]
  if (state === undefined || user === undefined || system === undefined || start === undefined) return null
  return { state, cpuTicks: Number(user) + Number(system), startTicks: start }
}
