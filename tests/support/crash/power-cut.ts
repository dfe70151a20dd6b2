import { execFileSync } from 'node:child_process'
import { closeSync, existsSync, ftruncateSync, mkdirSync, mkdtempSync, openSync, renameSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { MiB } from '../../../app/domain/units.ts'
import { type Fault, killed, randomMoment } from './faults.ts'

const deviceBytes = 768 * MiB
const outerBytes = 4096 * MiB
/** How long after an act was acknowledged the power may go: what nobody syncs is written half a minute later. */
const afterwardsMs = 300

/** Why no power can be cut here; null when it can. */
export function missingPowerCut(): string | null {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return 'only root mounts'
  const lacking = ['mkfs.xfs', 'mkfs.ext4', 'losetup'].filter(
    (name) => !['/sbin', '/usr/sbin', '/bin', '/usr/bin'].some((folder) => existsSync(join(folder, name))),
  )
  return lacking.length === 0 ? null : `not there: ${lacking.join(', ')} (Debian: xfsprogs, e2fsprogs, mount)`
}

/** A folder on a device whose power can go. */
export interface CuttableDisk {
  readonly folder: string
  /** What is there by now is on the device. */
  sync(): void
  /** The power goes: what the device has at this moment is what `goBack` finds. */
  cut(): void
  /** What was there at the cut takes the place of what is there now. Nobody may have a file open. */
  goBack(): Promise<void>
  close(): Promise<void>
}

/**
 * A file system on a device that is a file, and that file can be cloned in one step: the clone holds what had been written to the
 * device by then, and nothing of what the system still kept in memory. The file system does no more than it must: it does not flush
 * files that take another's place.
 */
export function cuttableDisk(): CuttableDisk {
  const run = (file: string, ...args: readonly string[]): void => {
    execFileSync(file, args, {
      stdio: ['ignore', 'ignore', 'pipe'],
      env: { ...process.env, PATH: `${process.env['PATH']}:/usr/sbin:/sbin` },
    })
  }
  // In memory where there is any: only what the inner file system does is looked at.
  const base = mkdtempSync(join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'berth-power-'))
  const outer = join(base, 'outer')
  const folder = join(base, 'home')
  const device = join(outer, 'device')
  const make = (path: string, bytes: number): void => {
    const file = openSync(path, 'wx')
    ftruncateSync(file, bytes)
    closeSync(file)
  }
  const mount = (): void => run('mount', '-o', 'loop,noauto_da_alloc,commit=300', device, folder)
  /** A process that was just killed may still hold it for a moment. */
  const unmount = async (path: string): Promise<void> => {
    for (let tries = 300; ; tries -= 1) {
      try {
        return run('umount', path)
      } catch (error) {
        if (tries === 0) throw error
        await delay(100)
      }
    }
  }
  for (const path of [outer, folder]) mkdirSync(path)
  make(`${outer}.img`, outerBytes)
  run('mkfs.xfs', '-q', '-m', 'reflink=1', `${outer}.img`)
  run('mount', '-o', 'loop', `${outer}.img`, outer)
  make(device, deviceBytes)
  run('mkfs.ext4', '-q', '-F', '-E', 'lazy_itable_init=0,lazy_journal_init=0', device)
  mount()

  return {
    folder,
    sync: () => run('sync', '-f', folder),
    cut: () => run('cp', '--reflink=always', device, `${device}.cut`),
    async goBack() {
      await unmount(folder)
      renameSync(`${device}.cut`, device)
      mount()
    },
    async close() {
      await unmount(folder)
      await unmount(outer)
      rmSync(base, { recursive: true })
    },
  }
}

/** The power goes, and with it Berth and the tool. */
export function powerCut(): Fault {
  const disk = cuttableDisk()
  return {
    folder: disk.folder,
    // What the scenario itself wrote past Berth is not what is looked at.
    ready: disk.sync,
    async strike(turn) {
      const { scenario, random, ended } = turn
      // Half of them just after it was said to be done.
      const isAfter = random() < 0.5
      const { atMs, done } = isAfter ? { atMs: null, done: await ended } : await randomMoment(turn)
      const laterMs = Math.round(random() * afterwardsMs)
      if (isAfter) await delay(laterMs)
      scenario.cut?.()
      disk.cut()
      await turn.berth.kill()
      for (const { pid } of await scenario.toolProcesses()) killed(pid)
      await disk.goBack()
      await scenario.revive()
      const title = `power cut ${atMs === null ? `${laterMs} ms after it` : `${atMs} ms into it`}`
      return { title, berth: await turn.start(), done, stopsMachines: true, findings: [] }
    },
    close: disk.close,
  }
}
