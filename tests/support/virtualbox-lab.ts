import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { copyFile, mkdir, readdir, readFile, rm, truncate } from 'node:fs/promises'
import { delimiter, dirname, join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { isContention } from '../../main/providers/virtualbox/errors.ts'
import { askLine, Unanswered } from './serial.ts'

/** Where the labs of the VBoxManage for tests lie. */
const labs = '/tmp/berth-vbox'
const guest = fileURLToPath(new URL('../../assets/guest/monitor.img', import.meta.url))

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
  /** As `manage`, again while VirtualBox still holds the machine for the command before: it fails so by itself at times. */
  readonly insist: (...args: readonly string[]) => Promise<string>
  /** The guest as a raw disk: for machines that are made in other ways. */
  readonly guestDisk: string
  /** A machine with the guest of assets/guest on its disk, and its serial port on a socket. Returns its UUID. */
  readonly make: (name: string, options?: { readonly group?: string }) => Promise<string>
  readonly socketOf: (uuid: string) => string
  /** What the machine's guest answers to a line: the first group of `answer`, or all. It is asked again until it has booted. */
  readonly ask: (uuid: string, line: string, answer: RegExp) => Promise<string>
  /** Keeps a text on the disk of a running machine, where its snapshots hold it. */
  readonly write: (uuid: string, text: string) => Promise<void>
  /** The text that the running machine's disk holds; empty when there is none. */
  readonly read: (uuid: string) => Promise<string>
  /** Ends all machines but those that were started last: each costs a hundredth of a core, and tests leave many behind. */
  readonly endOlder: (kept: number) => Promise<void>
  /** The process that runs a machine; null when none does. */
  readonly pidOf: (uuid: string) => Promise<number | null>
  /** VirtualBox's service and machines, as far as they are this lab's. */
  readonly processes: () => Promise<readonly { readonly pid: number; readonly name: string }[]>
  /** Ends and removes everything. Says what is still there: processes of its machines. */
  readonly leave: () => Promise<readonly string[]>
}

/** From here on VBoxManage and providers of this process use this lab. */
export async function openLab(purpose: string): Promise<Lab> {
  // Two runs of a test do not share a lab; what a killed one left is put away by the next.
  const name = `${purpose}-${process.pid}`
  const folder = join(labs, name)
  const home = join(folder, '.config', 'VirtualBox')
  const machineFolder = join(folder, 'machines')
  process.env['BERTH_VBOX_LAB'] = name
  process.env['VBOX_USER_HOME'] = home
  const run = promisify(execFile)
  const manage = async (...args: readonly string[]): Promise<string> =>
    (await run('VBoxManage', [...args], { maxBuffer: 64 * 1024 * 1024 })).stdout

  const pidOf = async (uuid: string): Promise<number | null> => {
    // The newest: one that was powered off before may still be ending.
    const { stdout } = await run('pgrep', ['-n', '-f', `VBoxHeadless.*${uuid}`]).catch(() => ({ stdout: '' }))
    const pid = Number.parseInt(stdout, 10)
    return Number.isNaN(pid) ? null : pid
  }
  const socketOf = (uuid: string): string => join(folder, `${uuid.slice(0, 8)}.sock`)

  const ask = async (uuid: string, line: string, answer: RegExp): Promise<string> => {
    // All that the machine says is read, its prompt too: one that is saved with something unsaid comes back mute.
    const all = new RegExp(`${answer.source}[^]*> $`)
    for (let left = 40; ; left -= 1) {
      try {
        return await askLine(socketOf(uuid), ['\n', `${line}\n`], [/> $/, all], 1_000)
      } catch (error) {
        if (left === 0 || (error instanceof Unanswered && error.asked > 0)) throw error
        await delay(50)
      }
    }
  }

  const earlier = (await readdir(labs).catch(() => [])).filter((one) => one.startsWith(`${purpose}-`))
  for (const one of earlier) {
    const pid = Number(one.slice(purpose.length + 1))
    if (Number.isInteger(pid) && !existsSync(`/proc/${pid}`)) await putAway(join(labs, one))
  }
  await putAway(folder)
  await mkdir(folder, { recursive: true })
  // The wrapper sets a new lab up only when its folder is new.
  await manage('setextradata', 'global', 'VBoxInternal/HM/FallbackToIEM', '1')
  await manage('setextradata', 'global', 'VBoxInternal/HM/FallbackToNEM', '0')
  await manage('setproperty', 'machinefolder', machineFolder)
  const guestDisk = join(folder, 'guest.img')
  await copyFile(guest, guestDisk)
  await truncate(guestDisk, 2 * 1024 * 1024)

  /** Ends and removes one lab; says which of its processes are still there. */
  async function putAway(lab: string): Promise<readonly string[]> {
    for (const pid of await processesOf(lab, 'VBoxHeadless')) process.kill(pid, 'SIGKILL')
    // The server would write its registry anew.
    for (const pid of await processesOf(lab, 'VBoxSVC')) process.kill(pid, 'SIGKILL')
    const deadline = Date.now() + 20_000
    const left = async (): Promise<readonly number[]> => [
      ...(await processesOf(lab, 'VBoxHeadless')),
      ...(await processesOf(lab, 'VBoxSVC')),
    ]
    while ((await left()).length > 0 && Date.now() < deadline) await delay(50)
    await rm(lab, { recursive: true, force: true, maxRetries: 5 })
    return (await left()).map((pid) => `process ${pid}`)
  }

  /** Processes of a lab alone: they carry its folder in their environment. */
  async function processesOf(lab: string, program: string): Promise<readonly number[]> {
    const { stdout } = await run('pgrep', ['-x', program]).catch(() => ({ stdout: '' }))
    const pids = stdout.split('\n').filter((line) => line !== '')
    const environments = await Promise.all(pids.map((pid) => readFile(`/proc/${pid}/environ`, 'utf8').catch(() => '')))
    const mark = `VBOX_USER_HOME=${join(lab, '.config', 'VirtualBox')}`
    return pids.filter((_, index) => environments[index]?.split('\0').includes(mark)).map(Number)
  }

  return {
    name,
    folder,
    home,
    machineFolder,
    guestDisk,
    manage,
    async insist(...args) {
      for (let left = 5; ; left -= 1) {
        try {
          return await manage(...args)
        } catch (error) {
          if (left === 0 || !isContention(String(error))) throw error
          await delay(200)
        }
      }
    },
    async make(machineName, options = {}) {
      const groups = options.group === undefined ? [] : ['--groups', options.group]
      const said = await manage('createvm', '--name', machineName, '--register', '--ostype', 'Other', ...groups)
      const uuid = /^UUID: ([0-9a-f-]{36})$/m.exec(said)?.[1] ?? ''
      const disk = join(dirname(/^Settings file: '(.*)'$/m.exec(said)?.[1] ?? ''), 'guest.vdi')
      await manage('convertfromraw', guestDisk, disk)
      await manage(
        ...['modifyvm', uuid, '--memory', '16', '--nic1', 'none', '--audio-driver', 'none'],
        ...['--boot1', 'disk', '--boot2', 'none', '--boot3', 'none', '--boot4', 'none'],
        ...['--bios-boot-menu', 'disabled', '--bios-logo-display-time', '0'],
        ...['--bios-logo-fade-in', 'off', '--bios-logo-fade-out', 'off'],
        ...['--uart1', '0x3F8', '4', '--uart-mode1', 'server', socketOf(uuid)],
      )
      await manage('storagectl', uuid, '--name', 'IDE', '--add', 'ide')
      await manage(
        ...['storageattach', uuid, '--storagectl', 'IDE', '--port', '0', '--device', '0'],
        ...['--type', 'hdd', '--medium', disk],
      )
      return uuid
    },
    socketOf,
    ask,
    async write(uuid, text) {
      await ask(uuid, `write ${text}`, /Written to the disk/)
    },
    async read(uuid) {
      const said = await ask(uuid, 'read', /(On the disk: [^\r]*|Nothing is on the disk)[^\r]*\r/)
      return /^On the disk: (.*)$/.exec(said)?.[1] ?? ''
    },
    async endOlder(kept) {
      const pids = [...(await processesOf(folder, 'VBoxHeadless'))].sort((one, other) => other - one)
      for (const pid of pids.slice(kept)) process.kill(pid, 'SIGKILL')
    },
    pidOf,
    async processes() {
      const programs = ['VBoxSVC', 'VBoxHeadless'] as const
      const pids = await Promise.all(programs.map((program) => processesOf(folder, program)))
      return programs.flatMap((name, index) => (pids[index] ?? []).map((pid) => ({ pid, name })))
    },
    leave: () => putAway(folder),
  }
}

/** The last lines of a machine's log, for a failure's message. */
export async function lastLog(lab: Lab, name: string): Promise<string> {
  return (await readFile(join(lab.machineFolder, name, 'Logs', 'VBox.log'), 'utf8')).slice(-2000)
}
