import { readFile } from 'node:fs/promises'

/**
 * The name of the command in the foreground of a terminal, given the process that leads it; null when that process itself
 * waits for input, and where the system has no /proc. Fields as in proc_pid_stat(5): the name may hold anything, so the
 * rest is counted from its last parenthesis.
 */
export async function foregroundOf(
  pid: number,
  read: (path: string) => Promise<string> = readText,
): Promise<string | null> {
  try {
    const stat = await read(`/proc/${pid}/stat`)
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    const group = Number(fields[2])
    const foreground = Number(fields[5])
    if (!Number.isInteger(foreground) || foreground <= 0 || foreground === group) return null
    return (await read(`/proc/${foreground}/comm`)).trim() || null
  } catch {
    return null
  }
}

function readText(path: string): Promise<string> {
  return readFile(path, 'utf8')
}
