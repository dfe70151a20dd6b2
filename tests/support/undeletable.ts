import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** Makes a file that nobody can delete, not even root. */
export function makeUndeletable(path: string): void {
  writeFileSync(path, '')
  execFileSync('chattr', ['+i', path])
}

/** Makes such files below a folder ordinary ones again, wherever they were moved to. */
export function makeDeletable(folder: string): void {
  execFileSync('chattr', ['-R', '-i', folder])
}

/** Why there can be no such files here; null when there can. */
export const noUndeletable: string | null = (() => {
  const folder = mkdtempSync(join(tmpdir(), 'berth-pin-'))
  try {
    const path = join(folder, 'file')
    writeFileSync(path, '')
    if (spawnSync('chattr', ['+i', path]).status !== 0) return 'no immutable files'
    execFileSync('chattr', ['-i', path])
    return null
  } finally {
    rmSync(folder, { recursive: true })
  }
})()
