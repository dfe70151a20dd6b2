import { copyFile, readFile, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { MachineId } from '../../app/domain/ids.ts'
import { strokesOf } from '../../app/domain/typing.ts'
import { MiB } from '../../app/domain/units.ts'
import type { ScreenSource } from '../../main/screen/source.ts'
import { errorFrom, op } from '../conformance/ground.ts'
import { fileSize, waitInFile } from '../support/serial.ts'
import { missingQemu, type QemuGround, qemuGround } from './qemu-ground.ts'

/** Talks on the screen and on the serial line alike, and listens to both. */
const monitor = fileURLToPath(new URL('../../assets/guest/monitor.img', import.meta.url))

describe.skipIf(missingQemu !== null)('a QEMU machine’s display', () => {
  let ground: QemuGround
  beforeAll(async () => {
    ground = await qemuGround()
  })
  afterAll(async () => {
    await ground.leave()
    expect(ground.processesLeft()).toEqual([])
  })

  const serialOf = (id: MachineId): string => join(ground.folderOf(id), 'serial0.log')

  async function options() {
    const found = await ground.provider.create?.options('qemu:local', op())
    return found?.kind === 'vm' ? found.architectures.filter(({ arch }) => arch === 'x86_64') : []
  }

  async function see(id: MachineId) {
    const { screens } = ground.provider
    if (screens === undefined) throw new Error('no screens')
    const sizes: [number, number][] = []
    let brightest = 0
    let look = (): void => {}
    const source: ScreenSource = await screens.open(
      id,
      'screen0',
      { takeOver: false },
      {
        text: () => {},
        cells: () => {},
        cursor: () => {},
        pixels: (width, height) => void sizes.push([width, height]),
        area(_area, pixels) {
          for (let at = 0; at < pixels.length; at += 4) brightest = Math.max(brightest, pixels[at] ?? 0)
          look()
          setImmediate(() => source.next())
        },
        picture: () => {},
        takes: () => {},
        ended: () => look(),
      },
      op(),
    )
    const lit = new Promise<void>((resolve) => {
      look = () => {
        if (brightest > 100) resolve()
      }
    })
    source.next()
    return { source, sizes, lit }
  }

  it('shows the guest’s letters, and the guest hears what is pressed and what is typed', async () => {
    // A disk of a few sectors is none to a BIOS.
    const disk = join(ground.folder, 'monitor.raw')
    await copyFile(monitor, disk)
    await truncate(disk, MiB)
    const id = await ground.make('shown', { disk: { from: 'image', path: disk, format: 'raw', use: 'copy' } })
    await ground.provider.power.start(id, op())
    await waitInFile(serialOf(id), 0, /Type help/)
    const { source, sizes, lit } = await see(id)
    await lit
    expect(sizes.at(-1)?.[0]).toBeGreaterThanOrEqual(640)
    const from = await fileSize(serialOf(id))
    for (const { code, isDown } of strokesOf('count\n')) source.key(code, isDown)
    await waitInFile(serialOf(id), from, /The counter is at 1\./)
    source.type('echo "It is UPPER & lower: 7!"\n')
    await waitInFile(serialOf(id), from, /\n"?It is UPPER & lower: 7!/)
    source.close()
    await ground.provider.power.powerOff(id, op())
  })

  it('takes wishes for another size where the graphics card does, and is kept with its memory', async () => {
    const disk = join(ground.folder, 'virtio.raw')
    await copyFile(monitor, disk)
    await truncate(disk, MiB)
    const from = { disk: { from: 'image', path: disk, format: 'raw', use: 'copy' } } as const
    const [architecture] = await options()
    expect(architecture?.graphics?.map(({ id }) => id)).toEqual(['vga', 'virtio'])
    const id = await ground.make('any size', { ...from, graphics: 'virtio' })
    await ground.provider.power.start(id, op())
    await waitInFile(serialOf(id), 0, /Type help/)
    const { source, lit } = await see(id)
    await lit
    expect(source.takes.resize).toBe(true)
    // The guest has no driver: it stays as it is, and goes on.
    source.resize?.(1024, 600)
    const start = await fileSize(serialOf(id))
    source.type('count\n')
    await waitInFile(serialOf(id), start, /The counter is at 1\./)
    expect(source.takes.resize).toBe(true)
    source.close()
    const { snapshots, suspend } = ground.provider
    const taken = await snapshots?.take(id, { name: 'at one', description: '', memory: true }, op())
    await suspend?.suspend(id, op())
    await ground.provider.power.start(id, op())
    await snapshots?.restore(id, taken as string, op())
    const again = await see(id)
    await again.lit
    const later = await fileSize(serialOf(id))
    again.source.type('count\n')
    await waitInFile(serialOf(id), later, /The counter is at 2\./)
    again.source.close()
    await ground.provider.power.powerOff(id, op())
  })

  it('comes with another card, or with the first, when its settings say so', async () => {
    const id = await ground.make('changed card')
    const { configure, snapshots } = ground.provider
    const read = async () => configure?.read(id, op())
    expect(await read()).toMatchObject({ values: { graphics: 'vga' }, graphics: [{ id: 'vga' }, { id: 'virtio' }] })
    expect((await read())?.whileStopped).toContain('graphics')
    await ground.start(id)
    await ground.ask(id, '=vga\n', /OK/)
    const kept = await snapshots?.take(id, { name: 'with VGA', description: '', memory: true }, op())
    expect((await errorFrom(configure?.configure(id, { graphics: 'virtio' }, op()) as never)).code).toBe('wrong-state')
    await ground.provider.power.powerOff(id, op())
    expect(await errorFrom(configure?.configure(id, { graphics: 'vmsvga' }, op()) as never)).toMatchObject({
      code: 'unsupported',
      field: 'graphics',
    })
    await configure?.configure(id, { graphics: 'virtio' }, op())
    await ground.start(id)
    const { source } = await see(id)
    await expect.poll(() => source.takes.resize).toBe(true)
    source.close()
    // A memory fits the card it was written with, and nothing is given up for one that does not.
    expect(await errorFrom(snapshots?.restore(id, kept as string, op()) as never)).toMatchObject({
      code: 'wrong-state',
      message: { key: 'qemu.error.changed.graphics', params: { kept: 'vga', now: 'virtio' } },
    })
    expect(await ground.machine(id)).toMatchObject({ state: 'running' })
    await ground.provider.power.powerOff(id, op())
    await configure?.configure(id, { graphics: 'vga' }, op())
    await snapshots?.restore(id, kept as string, op())
    expect(await ground.ask(id, '?', /\[([^\]]*)\]/)).toBe('vga')
    await ground.provider.power.powerOff(id, op())
  })

  it('has only the cards that QEMU has', async () => {
    expect((await errorFrom(ground.make('odd card', { graphics: 'vmsvga' }))).code).toBe('unsupported')
    const id = await ground.make('usual card')
    await ground.start(id)
    const { source } = await see(id)
    expect(source.takes.resize).toBeUndefined()
    source.close()
    await ground.provider.power.powerOff(id, op())
  })

  it('is not had by a machine made before there were displays, whose kept memory still fits', async () => {
    const id = await ground.make('older')
    const path = join(ground.folderOf(id), 'machine.json')
    const { graphics, ...older } = JSON.parse(await readFile(path, 'utf8'))
    expect(graphics).toBe('vga')
    await writeFile(path, JSON.stringify(older))
    await ground.crash()
    const { consoles, screens, snapshots } = ground.provider
    if (consoles === undefined || screens === undefined || snapshots === undefined) throw new Error('not there')
    expect((await consoles.options(id, op())).map(({ kind }) => kind)).toEqual(['serial'])
    await ground.start(id)
    const [process] = ground.processesLeft().filter((line) => line.includes(id.slice(id.indexOf(':') + 1)))
    expect(process).toBeDefined()
    expect(process).not.toContain('VGA')
    expect((await errorFrom(see(id))).code).toBe('unsupported')
    await ground.ask(id, '=kept\n', /OK/)
    const kept = await snapshots.take(id, { name: 'kept', description: '', memory: true }, op())
    // As an older Berth wrote it: it knew of no displays.
    const tree = join(ground.folderOf(id), 'snapshots.json')
    await writeFile(tree, (await readFile(tree, 'utf8')).replace(/,?\s*"graphics":\s*"none"/g, ''))
    await ground.crash()
    await ground.ask(id, '=gone\n', /OK/)
    await ground.provider.snapshots?.restore(id, kept, op())
    expect(await ground.ask(id, '?', /\[([^\]]*)\]/)).toBe('kept')
    await ground.provider.power.powerOff(id, op())

    const { configure } = ground.provider
    expect(await configure?.read(id, op())).toMatchObject({ values: { graphics: 'none' } })
    await configure?.configure(id, { graphics: 'vga' }, op())
    await ground.start(id)
    const { source } = await see(id)
    source.close()
    await ground.provider.power.powerOff(id, op())
  })
})
