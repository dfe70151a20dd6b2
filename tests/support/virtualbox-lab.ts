import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { copyFile, mkdir, readFile, rm, truncate } from 'node:fs/promises'
import { delimiter, join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { askLine } from './serial.ts'

/** Where the labs of the VBoxManage for tests lie. */
const labs = '/tmp/berth-vbox'
const sector = fileURLToPath(new URL('./guest/disk-guest.bin', import.meta.url))

/** Why tests on the real VirtualBox cannot be run here; null when they can. */
export const missingVirtualBox: string | null = (process.env['PATH'] ?? '')
  .split(delimiter)
  .some((folder) => existsSync(join(folder, 'VBoxManage')))
  ? null
  : 'no VirtualBox'

/** A registry of VirtualBox's own, with its own server and folder of machines: nothing of it is seen elsewhere. */
export interface Lab {
  readonly name: string
  readonly folder: string
  /** VirtualBox's own folder of settings: what `VBOX_USER_HOME` says to the provider. */
  readonly home: string
  readonly machineFolder: string
  /** What VBoxManage said. Rejects when it ended with anything but 0. */
  readonly manage: (...args: readonly string[]) => Promise<string>
  /**
   * A machine with the guest of disk-guest.asm on a floppy and its serial port on a socket. Returns its UUID.
   */
  readonly make: (name: string, options?: { readonly group?: string }) => Promise<string>
  readonly socketOf: (uuid: string) => string
  /** The machine's guest is asked; it is asked again until it has booted. */
  readonly ask: (uuid: string, typed: string, answer: RegExp) => Promise<string>
  /** The process that runs a machine; null when none does. */
  readonly pidOf: (uuid: string) => Promise<number | null>
  /** Ends and removes everything. Says what is still there: processes of its machines. */
  readonly leave: () => Promise<readonly string[]>
}

/** From here on VBoxManage and providers of this process use this lab. */
export async function openLab(name: string): Promise<Lab> {
  const folder = join(labs, name)
  const home = join(folder, '.config', 'VirtualBox')
  const machineFolder = join(folder, 'machines')
  process.env['BERTH_VBOX_LAB'] = name
  process.env['VBOX_USER_HOME'] = home
  const run = promisify(execFile)
  const manage = async (...args: readonly string[]): Promise<string> =>
    (await run('VBoxManage', [...args], { maxBuffer: 64 * 1024 * 1024 })).stdout

  const machines = async (): Promise<readonly string[]> =>
    [...(await manage('list', 'vms')).matchAll(/\{([0-9a-f-]{36})\}$/gm)].map((match) => match[1] ?? '')
  const pidOf = async (uuid: string): Promise<number | null> => {
    const { stdout } = await run('pgrep', ['-f', `VBoxHeadless.*${uuid}`]).catch(() => ({ stdout: '' }))
    const pid = Number.parseInt(stdout, 10)
    return Number.isNaN(pid) ? null : pid
  }
  const socketOf = (uuid: string): string => join(folder, `${uuid.slice(0, 8)}.sock`)

  await leaveNothing()
  await mkdir(folder, { recursive: true })
  // The wrapper sets a new lab up only when its folder is new.
  await manage('setextradata', 'global', 'VBoxInternal/HM/FallbackToIEM', '1')
  await manage('setextradata', 'global', 'VBoxInternal/HM/FallbackToNEM', '0')
  await manage('setproperty', 'machinefolder', machineFolder)

  async function leaveNothing(): Promise<readonly string[]> {
    if (existsSync(home)) {
      for (const uuid of await machines().catch(() => [])) {
        const pid = await pidOf(uuid)
        if (pid !== null) process.kill(pid, 'SIGKILL')
      }
      const deadline = Date.now() + 20_000
      const running = async (): Promise<string> => manage('list', 'runningvms').catch(() => '')
      while ((await running()) !== '' && Date.now() < deadline) await delay(50)
    }
    const { stdout } = await run('pgrep', ['-fa', `VBoxHeadless.*${folder}/`]).catch(() => ({ stdout: '' }))
    await rm(folder, { recursive: true, force: true, maxRetries: 5 })
    return stdout.split('\n').filter((line) => line !== '')
  }

  return {
    name,
    folder,
    home,
    machineFolder,
    manage,
    async make(machineName, options = {}) {
      const groups = options.group === undefined ? [] : ['--groups', options.group]
      const said = await manage('createvm', '--name', machineName, '--register', '--ostype', 'Other', ...groups)
      const uuid = /^UUID: ([0-9a-f-]{36})$/m.exec(said)?.[1] ?? ''
      const floppy = join(folder, `${uuid}.img`)
      await copyFile(sector, floppy)
      await truncate(floppy, 1_474_560)
      await manage(
        ...['modifyvm', uuid, '--memory', '16', '--nic1', 'none', '--audio-driver', 'none'],
        ...['--uart1', '0x3F8', '4', '--uart-mode1', 'server', socketOf(uuid)],
      )
      await manage('storagectl', uuid, '--name', 'Floppy', '--add', 'floppy')
      await manage(
        ...['storageattach', uuid, '--storagectl', 'Floppy', '--port', '0', '--device', '0'],
        ...['--type', 'fdd', '--medium', floppy],
      )
      return uuid
    },
    socketOf,
    async ask(uuid, typed, answer) {
      for (let left = 40; ; left -= 1) {
        try {
          return await askLine(socketOf(uuid), typed, answer, 500)
        } catch (error) {
          if (left === 0) throw error
          await delay(50)
        }
      }
    },
    pidOf,
    leave: leaveNothing,
  }
}

/** The last lines of a machine's log, for a failure's message. */
export async function lastLog(lab: Lab, name: string): Promise<string> {
  return (await readFile(join(lab.machineFolder, name, 'Logs', 'VBox.log'), 'utf8')).slice(-2000)
}
