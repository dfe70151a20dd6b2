import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { basename, join, relative } from 'node:path'
import { errorOf } from '../../../app/domain/errors.ts'
import type { RunningBerth } from './berth.ts'
import { endOf, type Fault } from './faults.ts'
import type { Random } from './loop.ts'

/** Files of Berth's own below a home. What a tool keeps in the same folders is not among them. */
function stateFiles(home: string): readonly string[] {
  const found = (folder: string): readonly string[] =>
    readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
      const path = join(folder, entry.name)
      if (entry.isDirectory()) return found(path)
      return /\.jsonl?$/.test(entry.name) ? [path] : []
    })
  return found(home)
}

/** Of each kind of file as often, however many there are of it. */
function anyOf(paths: readonly string[], random: Random): string {
  const names = [...new Set(paths.map((path) => basename(path)))]
  const name = names[Math.floor(random() * names.length)]
  const those = paths.filter((path) => basename(path) === name)
  return those[Math.floor(random() * those.length)] ?? ''
}

/** One thing wrong with a file: with its bytes, or with one value in it. */
export function mutate(bytes: Buffer, random: Random): Buffer {
  const at = Math.floor(random() * bytes.length)
  const flipped = Buffer.from(bytes)
  const odd = ['null', '[]', '{}', '-1', '"\\u0000"', 'true', '1e999'][Math.floor(random() * 7)] ?? 'null'
  switch (Math.floor(random() * 8)) {
    case 0:
      return Buffer.alloc(0)
    case 1:
      return bytes.subarray(0, at)
    case 2:
      return Buffer.alloc(bytes.length)
    case 3:
      if (bytes.length > 0) flipped[at] = (flipped[at] ?? 0) ^ (1 << Math.floor(random() * 8))
      return flipped
    case 4:
      return Buffer.concat([bytes.subarray(0, at), Buffer.from('<<<<<<< HEAD\n'), bytes.subarray(at)])
    case 5:
      return Buffer.from(bytes.toString('utf8').replace(/"version":( ?)1\b/, '"version":$12'))
    default: {
      // One value becomes another kind of value.
      const values = [...bytes.toString('utf8').matchAll(/:( ?)("(?:[^"\\]|\\.)*"|-?\d+|true|false|null)/g)]
      const one = values[Math.floor(random() * values.length)]
      if (one === undefined) return Buffer.from(odd)
      const text = bytes.toString('utf8')
      return Buffer.from(`${text.slice(0, one.index)}: ${odd}${text.slice(one.index + one[0].length)}`)
    }
  }
}

/** Whatever is asked is answered, or refused with a reason; nothing is a mistake of Berth's. */
async function answers({ client }: RunningBerth): Promise<readonly string[]> {
  const wrong: string[] = []
  const ask = async (what: string, call: () => Promise<unknown>): Promise<void> => {
    await call().catch((thrown: unknown) => {
      const { code, message } = errorOf(thrown)
      if (code === 'bug') wrong.push(`${what} is a bug: ${JSON.stringify(message)}`)
    })
  }
  const { machines } = await client.call('inventory.get')
  await ask('the settings', () => client.call('settings.set', { changes: { list: { sort: 'state' } } }))
  await ask('the activity', () => client.call('activity.list', { id: null, limit: 10, before: null }))
  await ask('the trash', () => client.call('trash.list'))
  for (const { id } of machines) {
    await ask(`the tree of ${id}`, () => client.call('snapshot.tree', { id }))
    await ask(`the page of ${id}`, () => client.call('machine.details', { id }))
    await ask(`a note on ${id}`, () => client.call('machine.annotate', { id, note: 'changed' }))
  }
  return wrong
}

/**
 * A file of Berth's own is damaged, or cannot be read, while Berth is off. It then starts and is asked for everything; when the
 * file is what it was again, everything must be.
 */
export function damagedState(how: 'damaged' | 'unreadable'): Fault {
  return {
    async strike({ scenario, berth, ended, start, random }) {
      const { done, findings } = await endOf(ended)
      await berth.kill()
      const path = anyOf(stateFiles(scenario.home), random)
      const name = relative(scenario.home, path)
      const bytes = readFileSync(path)
      if (how === 'damaged') {
        writeFileSync(path, mutate(bytes, random))
      } else {
        // Root may read every file: what stands in its place can be read by nobody.
        renameSync(path, `${path}.was`)
        mkdirSync(path)
      }
      let wrong: readonly string[] = []
      try {
        const odd = await start()
        wrong = await answers(odd)
        await odd.kill()
      } catch (error) {
        wrong = [`does not start: ${String(error)}`]
      }
      rmSync(path, { recursive: true, force: true })
      if (how === 'unreadable') renameSync(`${path}.was`, path)
      else writeFileSync(path, bytes)
      const all = [...findings, ...wrong].map((line) => `with ${name} ${how}: ${line}`)
      return { title: `${name} ${how}`, berth: await start(), done, stopsMachines: false, findings: all }
    },
    close: async () => {},
  }
}
