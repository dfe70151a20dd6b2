import { randomUUID } from 'node:crypto'
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Op } from '../../../main/providers/provider.ts'
import { createQemuProvider } from '../../../main/providers/qemu/provider.ts'
import { temporaryHost } from '../../conformance/ground.ts'
import { atMostTimes, type Figure, median, timed } from '../figure.ts'

const count = 1_000
const rounds = 5
const at = '2026-01-01T00:00:00.000Z'

/** A thousand QEMU machines from the start to the list of them; and each one's files read by nobody but the system. */
export const figure: Figure = {
  name: 'start.thousand',
  unit: 'ms',
  ...atMostTimes(5),
  async measure() {
    const { host, remove } = await temporaryHost()
    const values: number[] = []
    const floors: number[] = []
    try {
      for (let index = 0; index < count; index += 1) await makeFolder(join(host.dataDir, 'machines', randomUUID()))
      for (let round = 0; round < rounds; round += 1) {
        floors.push(await timed(() => bareList(join(host.dataDir, 'machines'))))
        const provider = createQemuProvider(host)
        const op: Op = { signal: AbortSignal.timeout(60_000), progress: () => {}, record: () => {} }
        values.push(
          await timed(async () => {
            await provider.recover(op)
            const machines = await provider.list('qemu:local', op)
            if (machines.length !== count) throw new Error(`${machines.length} of ${count} were listed`)
          }),
        )
        await provider.dispose()
      }
      return { value: median(values), floor: median(floors) }
    } finally {
      await remove()
    }
  },
}

async function makeFolder(path: string): Promise<void> {
  await mkdir(path, { recursive: true })
  const disk = { file: 'disk0.qcow2', format: 'qcow2', sizeBytes: 1_048_576, allowed: null }
  const definition = {
    ...{
      version: 1,
      uuid: path.slice(-36),
      name: path.slice(-4),
      createdAt: at,
      arch: 'x86_64',
      machine: null,
      cpus: 1,
    },
    ...{ memoryBytes: 268_435_456, disks: [disk], isoPath: null, network: { mode: 'none' }, mac: '52:54:00:00:00:01' },
    ...{ firmware: { kind: 'bios' }, graphics: 'virtio', bases: [] },
  }
  const ended = { at, how: 'stopped', said: null }
  const run = { version: 1, startedAt: at, accelerator: { name: 'tcg', cpu: null }, process: null, logFrom: 0, ended }
  await writeFile(join(path, 'machine.json'), JSON.stringify(definition))
  await writeFile(join(path, 'run.json'), JSON.stringify(run))
  await writeFile(join(path, 'disk0.qcow2'), Buffer.alloc(4096))
}

async function bareList(folder: string): Promise<void> {
  await Promise.all(
    (await readdir(folder)).map(async (name) => {
      const path = join(folder, name)
      await readdir(path)
      JSON.parse(await readFile(join(path, 'machine.json'), 'utf8'))
      JSON.parse(await readFile(join(path, 'run.json'), 'utf8'))
      await readFile(join(path, 'disk0.qcow2'))
    }),
  )
}
