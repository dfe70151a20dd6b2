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
      // The kernel keeps fifteen bytes of a name.
      return readFileSync(`/proc/${pid}/comm`, 'utf8').trimEnd() === program.slice(0, 15)
    } catch {
      return false
    }
  }
}
