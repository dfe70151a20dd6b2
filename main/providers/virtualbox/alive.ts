import { readFileSync } from 'node:fs'

/**
 * Whether the process that a log names is still that process: on Linux its name is compared as well, since numbers are given
 * again. Starts nothing.
 */
export function createIsAlive(platform: NodeJS.Platform): (pid: number, program: string) => boolean {
  return (pid, program) => {
    try {
      process.kill(pid, 0)
    } catch (error) {
      // Not ours to signal, but there.
      if ((error as NodeJS.ErrnoException).code !== 'EPERM') return false
    }
    if (platform !== 'linux' || program === '') return true
    try {
      const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
      const end = stat.lastIndexOf(')')
      // One that has ended stays in the table until its parent has seen it.
      if (/[ZX]/.test(stat.charAt(end + 2))) return false
      // The kernel keeps fifteen bytes of a name.
      return stat.slice(stat.indexOf('(') + 1, end) === program.slice(0, 15)
    } catch {
      return false
    }
  }
}
