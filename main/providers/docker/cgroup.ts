import { closeSync, openSync, readSync } from 'node:fs'
import { join } from 'node:path'

/** Totals since the container's start, and memory now. null where the kernel does not say. */
export interface Usage {
  readonly cpuSeconds: number | null
  readonly memoryBytes: number | null
  /** null when only the computer's own memory limits it. */
  readonly memoryLimitBytes: number | null
  readonly readBytes: number | null
  readonly writeBytes: number | null
  readonly receiveBytes: number | null
  readonly sendBytes: number | null
}

const mountPoint = '/sys/fs/cgroup'
/** The kernel writes "no limit" as the largest page-aligned number. */
const unlimitedBytes = 2 ** 62

/** Where a process stands in the kernel's groups: by controller in version 1, one path in version 2. */
export interface Groups {
  readonly unified: string | null
  readonly byController: ReadonlyMap<string, string>
}

/** Reads `/proc/PID/cgroup`: `0::/path` or `4:memory:/path`. */
export function parseGroups(text: string): Groups {
  const byController = new Map<string, string>()
  let unified: string | null = null
  for (const line of text.split('\n')) {
    const [, controllers, path] = /^\d+:([^:]*):(.+)$/.exec(line) ?? []
    if (path === undefined) continue
    if (controllers === '') unified = path
    for (const name of (controllers ?? '').split(',')) if (name !== '') byController.set(name, path)
  }
  return { unified, byController }
}

/**
 * Usage of a container by its main process. null when that process is not this container's any more (or is on another computer
 * with the same number), so that nobody's figures are shown as somebody else's.
 */
export function readUsage(pid: number, containerId: string): Usage | null {
  const text = read(`/proc/${pid}/cgroup`)
  if (text === null || !text.includes(containerId)) return null
  const groups = parseGroups(text)
  const network = parseNetwork(read(`/proc/${pid}/net/dev`) ?? '')
  const memory = groups.byController.get('memory')
  return memory === undefined && groups.unified !== null
    ? { ...readVersion2(join(mountPoint, groups.unified)), ...network }
    : { ...readVersion1(groups), ...network }
}

type WithoutNetwork = Omit<Usage, 'receiveBytes' | 'sendBytes'>

function readVersion2(folder: string): WithoutNetwork {
  const [cpu, current, max, stat, io] = ['cpu.stat', 'memory.current', 'memory.max', 'memory.stat', 'io.stat'].map(
    (name) => read(join(folder, name)),
  )
  const micros = field(cpu ?? null, 'usage_usec')
  return {
    cpuSeconds: micros === null ? null : micros / 1e6,
    memoryBytes: withoutCache(numberIn(current ?? null), field(stat ?? null, 'inactive_file')),
    memoryLimitBytes: limitOf(numberIn(max ?? null)),
    readBytes: sumOf(io ?? null, /rbytes=(\d+)/g),
    writeBytes: sumOf(io ?? null, /wbytes=(\d+)/g),
  }
}

function readVersion1(groups: Groups): WithoutNetwork {
  const file = (controller: string, name: string): string | null => {
    const path = groups.byController.get(controller)
    return path === undefined ? null : read(join(mountPoint, controller, path, name))
  }
  const cpu = file('cpuacct', 'cpuacct.usage')
  const usage = file('memory', 'memory.usage_in_bytes')
  const limit = file('memory', 'memory.limit_in_bytes')
  const stat = file('memory', 'memory.stat')
  const io = file('blkio', 'blkio.throttle.io_service_bytes')
  const nanoseconds = numberIn(cpu)
  return {
    cpuSeconds: nanoseconds === null ? null : nanoseconds / 1e9,
    memoryBytes: withoutCache(numberIn(usage), field(stat, 'total_inactive_file')),
    memoryLimitBytes: limitOf(numberIn(limit)),
    readBytes: sumOf(io, /Read (\d+)/g),
    writeBytes: sumOf(io, /Write (\d+)/g),
  }
}

/** Bytes in and out of all interfaces but the loopback. */
export function parseNetwork(text: string): Pick<Usage, 'receiveBytes' | 'sendBytes'> {
  let receiveBytes: number | null = null
  let sendBytes: number | null = null
  for (const line of text.split('\n')) {
    const [name, figures] = line.split(':')
    if (figures === undefined || name?.trim() === 'lo') continue
    const numbers = figures.trim().split(/\s+/).map(Number)
    receiveBytes = (receiveBytes ?? 0) + (numbers[0] ?? 0)
    sendBytes = (sendBytes ?? 0) + (numbers[8] ?? 0)
  }
  return { receiveBytes, sendBytes }
}

/** Pages of files that can be dropped at any time are no use of memory, as the tool's own figures have it. */
function withoutCache(bytes: number | null, cache: number | null): number | null {
  return bytes === null ? null : Math.max(0, bytes - (cache ?? 0))
}

function limitOf(bytes: number | null): number | null {
  return bytes === null || bytes >= unlimitedBytes ? null : bytes
}

function numberIn(text: string | null): number | null {
  const value = Number(text?.trim())
  return text === null || text.trim() === '' || !Number.isFinite(value) ? null : value
}

function field(text: string | null, name: string): number | null {
  const match = text === null ? null : new RegExp(`^${name} (\\d+)$`, 'm').exec(text)
  return match === null ? null : Number(match[1])
}

function sumOf(text: string | null, pattern: RegExp): number | null {
  if (text === null) return null
  let sum = 0
  for (const match of text.matchAll(pattern)) sum += Number(match[1])
  return sum
}

const buffer = Buffer.allocUnsafe(64 * 1024)

/**
 * A file that the kernel writes as it is read. It never waits for a disk, and reading it at once costs a tenth of what handing it
 * to another thread does: with a window full of containers that is most of what an idle Berth does.
 */
function read(path: string): string | null {
  try {
    const file = openSync(path, 'r')
    try {
      return buffer.toString('utf8', 0, readSync(file, buffer, 0, buffer.length, null))
    } finally {
      closeSync(file)
    }
  } catch {
    return null
  }
}
