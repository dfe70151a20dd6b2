import { readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { MachineId } from '../../../app/domain/ids.ts'
import type { Machine } from '../../../app/domain/machine.ts'
import { MiB } from '../../../app/domain/units.ts'
import { linuxPrompt } from '../linux-shell.ts'
import { fileSize, waitInFile } from '../serial.ts'
import { openSerialConsole } from '../serial-console.ts'
import { builtinSubstrate } from './builtin-scenario.ts'
import { type Ext4Look, lookIntoExt4, missingExt4Tools } from './ext4.ts'
import type { Places } from './fault-names.ts'
import type { Scenario } from './loop.ts'
import { scenarioOn } from './scenario.ts'

/** Its system starts from the disk after every crash, on processors that others use too. */
const bootMs = 300_000
const answerMs = 120_000

/** Of a guest at work: what it says that it has synced is in its machine's serial log from here on, and was heard at its console. */
interface Work {
  readonly value: number
  readonly logFrom: number
  readonly heard: Heard
  /** As they were: after a restore the disk is another one. */
  readonly restores: string
}

/** What a console said to a test, which keeps it where no power goes. */
interface Heard {
  text: string
  /** What is said later is not heard any more. */
  isOver: boolean
  readonly close: () => void
}

/**
 * Built-in machines with the Linux that comes with Berth. What they hold is the number in the file `mark`, 1 where there is none. Their guests
 * write, sync and say what they have synced; after a crash that must be on the disk, and its file system whole.
 */
export async function linuxScenario(places: Pick<Places, 'berth'>): Promise<Scenario> {
  const missing = await missingExt4Tools()
  if (missing !== null) throw new Error(`no ${missing}: the package e2fsprogs has it`)
  const { folderOf, spec, substrate } = await builtinSubstrate(places)
  const logOf = (machine: Machine): string => join(folderOf(machine), 'serial0.log')
  const isUp = ({ state }: Machine): boolean => state === 'running' || state === 'paused'
  const works = new Map<MachineId, Work>()
  const looks = new Map<string, Promise<Ext4Look>>()

  /** A disk that nothing was written to since is looked into once. */
  async function look(path: string): Promise<Ext4Look> {
    const { ino, size, mtimeMs } = await stat(path)
    const key = `${ino} ${size} ${mtimeMs}`
    const known = looks.get(key) ?? lookIntoExt4(path, ['root/mark', 'root/written/count'])
    looks.set(key, known)
    return known
  }

  /** What the guest said that it had synced, and the disk does not have. */
  async function unsynced(machine: Machine, count: string | null): Promise<readonly string[]> {
    const work = works.get(machine.id)
    if (work === undefined) return []
    // Of the log the end may be gone with the power, and of the console it was not heard yet.
    const log = (await readFile(logOf(machine)).catch(() => Buffer.alloc(0))).subarray(work.logFrom).toString()
    const wrote = new RegExp(`wrote-${work.value}-(\\d+)\\r`, 'g')
    const last = Math.max(
      0,
      ...[log, work.heard.text].flatMap((text) => [...text.matchAll(wrote)].map(([, n]) => Number(n))),
    )
    const [value, there] = (count ?? '').trim().split(' ').map(Number)
    return value === work.value && there !== undefined && there >= last
      ? []
      : [`its guest had synced ${work.value} ${last}, and its disk has ${count ?? 'no file'}`]
  }

  return scenarioOn({
    ...substrate,
    // What becomes of its folder is as with the test guest.
    facets: ['suspend', 'trash'],
    spec: (name) => ({ ...spec(name), guest: 'linux', memoryBytes: 32 * MiB, disk: { from: 'guest' } }),

    async read(machine) {
      if (isUp(machine)) return undefined
      const [mark] = (await look(join(folderOf(machine), 'disk0.img'))).texts
      return mark === null || mark === undefined ? 1 : Number(mark) || null
    },

    async work(client, machine, value, values) {
      const log = logOf(machine)
      const { restores } = await client.call('snapshot.tree', { id: machine.id })
      works.get(machine.id)?.heard.close()
      const decoder = new TextDecoder()
      const heard: { text: string; isOver: boolean } = { text: '', isOver: false }
      const shell = await openSerialConsole(client, machine.id, (bytes) => {
        if (!heard.isOver) heard.text += decoder.decode(bytes, { stream: true })
      })
      try {
        // One that starts comes to its prompt, one that is at work goes on with that until it is told to end.
        const before = await fileSize(log)
        shell.type('\r')
        await waitInFile(log, before, new RegExp(`${linuxPrompt.source}|wrote-\\d+-\\d+\r\n$`), bootMs)
        if (!linuxPrompt.test(await readFile(log, 'utf8'))) shell.type('\x03')
        await waitInFile(log, before, linuxPrompt, answerMs)
        const from = await fileSize(log)
        shell.type(`echo "ho""lds:$(cat mark 2>/dev/null):$(dmesg | grep -c "EXT4-fs error"):"; ${workOf(value)}\r`)
        await waitInFile(log, from, new RegExp(`wrote-${value}-1\\r`), answerMs)
        const said = (await readFile(log)).subarray(from).toString()
        const [, held = '', errors] = /holds:(\d*):(\d+):/.exec(said) ?? []
        if (errors !== '0' || !values.includes(held === '' ? 1 : Number(held))) {
          throw new Error(`the guest of ${machine.id} found ${held}, not ${values.join(' or ')}, and ${errors} errors`)
        }
        works.set(machine.id, {
          value,
          logFrom: from,
          heard: Object.assign(heard, { close: shell.close }),
          restores: JSON.stringify(restores),
        })
      } catch (error) {
        shell.close()
        throw error
      }
    },

    cut() {
      for (const { heard } of works.values()) heard.isOver = true
    },

    async damage(machine, tree) {
      const wrong = [...(await substrate.damage(machine, tree))]
      const folder = folderOf(machine)
      // For good: when the record is gone again, the disk is still another one.
      if (works.get(machine.id)?.restores !== JSON.stringify(tree.restores)) works.delete(machine.id)
      for (const { id } of tree.snapshots) {
        const { damage } = await look(join(folder, 'snapshots', `${id}.disk0.img`))
        if (damage !== null) wrong.push(`the snapshot ${id}: ${damage}`)
      }
      if (isUp(machine)) return wrong
      const { damage, texts } = await look(join(folder, 'disk0.img'))
      if (damage !== null) wrong.push(damage)
      return [...wrong, ...(await unsynced(machine, texts[1] ?? null))]
    },
  })
}

/** Writes the number, then new files again and again; each is synced before it is said. */
function workOf(value: number): string {
  const turn = [
    'i=$((i+1))',
    'dd if=/dev/urandom of=written/data$((i%6)) bs=16k count=$((i%5+1)) 2>/dev/null',
    'rm -f written/data$(((i+3)%6))',
    `echo ${value} $i > written/new`,
    'mv written/new written/count',
    'sync',
    `echo wrote-${value}-$i`,
  ]
  return `mkdir -p written; echo ${value} > mark; sync; sh -c 'i=0; while :; do ${turn.join('; ')}; done'`
}
