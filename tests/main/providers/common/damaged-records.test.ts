import { mkdir, readdir, readFile, rename, rm, stat, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { MachineId } from '../../../../app/domain/ids.ts'
import { createBuiltinProvider } from '../../../../main/providers/builtin/provider.ts'
import type { Provider } from '../../../../main/providers/provider.ts'
import { createQemuProvider } from '../../../../main/providers/qemu/provider.ts'
import { readMarker } from '../../../../main/providers/qemu/suspend.ts'
import { createRestoreRecords } from '../../../../main/providers/virtualbox/restore-records.ts'
import { createTrashStore } from '../../../../main/providers/virtualbox/trash-store.ts'
import { createStateProblems, type StateProblems } from '../../../../main/state/problems.ts'
import { errorFrom, op } from '../../../conformance/ground.ts'
import { type BuiltinGround, builtinGround } from '../../../support/builtin-ground.ts'

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 })

let ground: BuiltinGround
let problems: StateProblems
beforeEach(async () => {
  ground = await builtinGround()
  problems = createStateProblems()
})
afterEach(async () => {
  expect(await ground.leave()).toEqual([])
})

/** Another Berth on the same folders, whose window is told what is wrong. */
async function opened(): Promise<Provider> {
  await ground.provider.dispose()
  ground.provider = createBuiltinProvider({ ...ground.host, problems })
  await ground.provider.recover(op())
  return ground.provider
}
const definitionOf = (id: MachineId): string => join(ground.folderOf(id), 'machine.json')
async function edit(path: string, change: Readonly<Record<string, unknown>>): Promise<string> {
  const text = JSON.stringify({ ...JSON.parse(await readFile(path, 'utf8')), ...change })
  await writeFile(path, text)
  return text
}
const keys = () => problems.notices().map(({ text }) => text.key)
const asideOf = async (folder: string, name: string): Promise<readonly string[]> =>
  (await readdir(folder)).filter((one) => one.startsWith(`${name}.damaged-`))

describe('a built-in machine’s definition', () => {
  it.for(['name', 'createdAt', 'memoryBytes', 'diskBytes', 'discPath', 'system', 'uuid', 'version'])(
    'whose field %s does not fit leaves the others, is said and kept beside, and the machine starts',
    async (field) => {
      const id = await ground.make('whole')
      await ground.make('beside')
      const text = await edit(definitionOf(id), { [field]: { odd: true } })
      const provider = await opened()
      expect(keys()).toEqual(['state.damaged'])
      const machines = await provider.list('builtin:local', op())
      expect(machines.map(({ state }) => state)).toEqual(['stopped', 'stopped'])
      const name = field === 'name' ? id.slice('builtin:'.length) : 'whole'
      expect(machines.map((machine) => machine.name).sort()).toEqual([name, 'beside'].sort())
      await provider.rename?.rename(id, 'renamed', op())
      const [aside = ''] = await asideOf(ground.folderOf(id), 'machine.json')
      expect(await readFile(join(ground.folderOf(id), aside), 'utf8')).toBe(text)
      // The file is whole again.
      expect(keys()).toEqual([])
      await provider.power.start(id, op())
    },
  )

  it.for(['', '\0'.repeat(64), '{"version": 1, "uuid'])(
    'that is no record at all (%j) loses only its name',
    async (text) => {
      const id = await ground.make('whole')
      await writeFile(definitionOf(id), text)
      const provider = await opened()
      expect(keys()).toEqual(['state.damagedWhole'])
      expect(await ground.machine(id)).toMatchObject({ state: 'stopped', name: id.slice('builtin:'.length) })
      await provider.power.start(id, op())
    },
  )

  it('that cannot be read is said, left alone, and read again once it can be', async () => {
    const id = await ground.make('whole')
    const away = `${definitionOf(id)}.away`
    await rename(definitionOf(id), away)
    await mkdir(definitionOf(id))
    const provider = await opened()
    expect(await ground.machine(id)).toMatchObject({ state: 'inaccessible' })
    expect(keys()).toEqual(['state.unreadable'])
    await rm(definitionOf(id), { recursive: true })
    await rename(away, definitionOf(id))
    expect(await provider.list('builtin:local', op())).toMatchObject([{ state: 'stopped', name: 'whole' }])
    expect(keys()).toEqual([])
  })

  it('of a newer Berth is left as it is', async () => {
    const id = await ground.make('whole')
    const text = await edit(definitionOf(id), { version: 2 })
    await opened()
    expect(await ground.machine(id)).toMatchObject({ state: 'inaccessible' })
    expect(keys()).toEqual(['state.newer'])
    expect(await readFile(definitionOf(id), 'utf8')).toBe(text)
  })
})

describe('what is said of a built-in machine’s kept memory', () => {
  const suspended = async (): Promise<{ id: MachineId; marker: string }> => {
    const id = await ground.make('slept')
    await ground.provider.power.start(id, op())
    expect((await ground.say(id, 'count', /The counter is at (\d+)\./))[1]).toBe('1')
    await ground.provider.suspend?.suspend(id, op())
    return { id, marker: join(ground.folderOf(id), 'suspended.json') }
  }
  const damages: readonly (readonly [string, (text: string) => string])[] = [
    ['an odd sum', (text) => text.replace(/"checksum": -?\d+/, '"checksum": "x"')],
    ['an odd size', (text) => text.replace(/"sizeBytes": \d+/, '"sizeBytes": null')],
    ['an odd make', (text) => text.replace(/"make": \{/, '"make": 1, "was": {')],
  ]

  it.for(damages)('with %s is said, and the machine goes on where it was', async ([, damage]) => {
    const { id, marker } = await suspended()
    await writeFile(marker, damage(await readFile(marker, 'utf8')))
    const provider = await opened()
    expect(await ground.machine(id)).toMatchObject({ state: 'suspended' })
    await provider.power.start(id, op())
    expect((await ground.say(id, 'count', /The counter is at (\d+)\./))[1]).toBe('2')
    // It is gone with the file; the copy stays.
    expect(keys()).toEqual([])
    expect(await asideOf(ground.folderOf(id), 'suspended.json')).toHaveLength(1)
  })

  it('with nothing left of it keeps the memory and the machine suspended, until the memory is discarded', async () => {
    const { id, marker } = await suspended()
    await writeFile(marker, '')
    const provider = await opened()
    const error = await errorFrom(provider.power.start(id, op()))
    expect(error.message.key).toBe('builtin.error.stateDamaged')
    expect(keys()).toEqual(['state.damagedWhole'])
    expect(await ground.machine(id)).toMatchObject({ state: 'suspended' })
    await provider.suspend?.discard(id, op())
    expect(keys()).toEqual([])
    await provider.power.start(id, op())
  })

  it('without its size does not vouch for a memory that has another sum', async () => {
    const { id, marker } = await suspended()
    const memory = join(ground.folderOf(id), 'memory.bin')
    await truncate(memory, (await stat(memory)).size - 4096)
    await writeFile(marker, (await readFile(marker, 'utf8')).replace(/"sizeBytes": \d+/, '"sizeBytes": null'))
    const provider = await opened()
    expect((await errorFrom(provider.power.start(id, op()))).message.key).toBe('builtin.error.stateDamaged')
    expect(await ground.machine(id)).toMatchObject({ state: 'suspended' })
  })

  it.for(['unreadable', 'newer'])('that is %s is not called damaged: nothing leads to discarding it', async (how) => {
    const { id, marker } = await suspended()
    const text = await readFile(marker, 'utf8')
    if (how === 'newer') await edit(marker, { version: 2 })
    else {
      await rm(marker)
      await mkdir(marker)
    }
    const provider = await opened()
    const { message, hint } = await errorFrom(provider.power.start(id, op()))
    expect([message.key, hint?.key]).toEqual(['builtin.error.stateUnread', `state.${how}`])
    expect(await ground.machine(id)).toMatchObject({ state: 'suspended' })
    await rm(marker, { recursive: true })
    await writeFile(marker, text)
    await provider.power.start(id, op())
    expect((await ground.say(id, 'count', /The counter is at (\d+)\./))[1]).toBe('2')
  })
})

describe('a QEMU machine’s definition', () => {
  const uuid = '00000000-0000-4000-8000-000000000001'
  const whole = {
    ...{
      version: 1,
      uuid,
      name: 'whole',
      createdAt: '2026-01-01T00:00:00.000Z',
      arch: 'x86_64',
      machine: null,
      cpus: 2,
    },
    ...{ memoryBytes: 33_554_432, disks: [], isoPath: null, mac: '52:54:00:00:00:01', firmware: { kind: 'bios' } },
    ...{ graphics: 'none', bases: [], network: { mode: 'none' } },
  }
  const forward = { protocol: 'tcp', hostAddress: '127.0.0.1', hostPort: 2222, guestPort: 22 }
  const listed = async (definition: object) => {
    const dataDir = join(ground.host.dataDir, 'qemu')
    await mkdir(join(dataDir, 'machines', uuid), { recursive: true })
    await writeFile(join(dataDir, 'machines', uuid, 'machine.json'), JSON.stringify(definition))
    const provider = createQemuProvider({ ...ground.host, dataDir, problems })
    const [machine] = await provider.list('qemu:local', op())
    const [used] = (await provider.usedFiles?.(op())) ?? []
    await provider.dispose()
    return { machine, used }
  }

  it('keeps the port forwards that fit', async () => {
    const network = {
      mode: 'user',
      forwards: [forward, { ...forward, hostPort: 'many' }, { ...forward, hostPort: 80 }],
    }
    const { machine } = await listed({ ...whole, network })
    expect(machine).toMatchObject({ state: 'stopped', addresses: ['127.0.0.1:2222', '127.0.0.1:80'] })
    expect(keys()).toEqual(['state.damaged'])
  })

  it.for(['createdAt', 'machine', 'cpus', 'memoryBytes', 'isoPath', 'network', 'mac', 'graphics', 'version'])(
    'whose field %s does not fit leaves the others, and may use files that it no longer names',
    async (field) => {
      const { machine, used } = await listed({ ...whole, [field]: { odd: true } })
      expect(machine).toMatchObject({ state: 'stopped', name: 'whole', arch: 'x86_64' })
      expect(used).toMatchObject({ name: 'whole', isComplete: false })
      expect(keys()).toEqual(['state.damaged'])
    },
  )

  it.for(['arch', 'disks', 'firmware', 'bases'])(
    'whose field %s does not fit is shown by its name and not started, since nothing can stand for it',
    async (field) => {
      const { machine, used } = await listed({ ...whole, [field]: { odd: true } })
      expect(machine).toMatchObject({ state: 'inaccessible', name: 'whole' })
      expect(used).toMatchObject({ name: 'whole', isComplete: false })
      expect(keys()).toEqual(['state.damaged'])
    },
  )
})

describe('what is said of a QEMU machine’s kept memory', () => {
  const hardware = {
    ...{ arch: 'x86_64', machine: 'pc-q35-7.2', cpus: 2, memoryBytes: 1024, diskCount: 0, network: 'none' },
    ...{ firmware: 'bios', graphics: 'none' },
  }
  const accelerator = { name: 'tcg', cpu: null }
  const marker = { version: 1, at: '2026-01-01T00:00:00.000Z', hardware, accelerator, wasRunning: true }
  const entry = { definition: null, run: { accelerator: { name: 'kvm', cpu: 'host' } } }
  const read = async (text: string) => {
    const path = join(ground.host.dataDir, 'suspended.json')
    await mkdir(ground.host.dataDir, { recursive: true })
    await writeFile(path, text)
    return readMarker({ host: { ...ground.host, problems } }, path, entry as never)
  }

  it('is read field by field, with the last start in place of what does not fit', async () => {
    expect(await read(JSON.stringify(marker))).toEqual(marker)
    expect(keys()).toEqual([])
    expect(await read(JSON.stringify({ ...marker, accelerator: 'fast', at: 7 }))).toMatchObject({
      hardware,
      accelerator: entry.run.accelerator,
      wasRunning: true,
    })
    expect(keys()).toEqual(['state.damaged'])
    expect(await read('')).toMatchObject({ hardware: null, accelerator: entry.run.accelerator, wasRunning: false })
  })

  it('is left alone, and the machine suspended, when a newer Berth wrote it', async () => {
    await expect(read(JSON.stringify({ ...marker, version: 2 }))).rejects.toMatchObject({
      error: { code: 'output-unreadable', hint: { key: 'state.newer' } },
    })
  })
})

describe('Berth’s record of a VirtualBox machine’s snapshots', () => {
  const uuid = '00000000-0000-4000-8000-000000000002'
  const restore = (id: string) => ({
    ...{ id, direction: 'restored', state: 'done', snapshotId: 's', snapshotName: 'n', keptId: `kept ${id}` },
    ...{ keptAt: '2026-01-01T00:00:00.000Z', keptPower: 'off', phase: 'done', replaces: null },
  })

  it('keeps the entries that fit and says that others were left out', async () => {
    const folder = join(ground.host.dataDir, 'snapshots')
    await mkdir(folder, { recursive: true })
    const records = createRestoreRecords({ ...ground.host, problems })
    const restores = [restore('a'), { ...restore('b'), keptPower: 'asleep' }, restore('c')]
    const file = { version: 1, restores, spent: ['x', 7], powers: { one: 'running', two: 'odd' } }
    await writeFile(join(folder, `${uuid}.json`), JSON.stringify(file))
    const read = await records.read(uuid)
    expect(read.restores.map(({ id }) => id)).toEqual(['a', 'c'])
    expect(read).toMatchObject({ spent: ['x'], powers: { one: 'running' } })
    expect(problems.notices()).toMatchObject([{ text: { key: 'state.damaged', params: { count: 3 } } }])
    await records.write(uuid, read)
    expect(keys()).toEqual([])
    expect(await asideOf(folder, `${uuid}.json`)).toHaveLength(1)
    expect(await records.uuids()).toEqual([uuid])
  })
})

describe('Berth’s record of a VirtualBox machine in the trash', () => {
  const uuid = '00000000-0000-4000-8000-000000000003'
  const disk = { uuid: 'd', kind: 'disk', path: '/d/d.vdi', format: 'VDI', type: null, parentId: null }
  const whole = {
    ...{ version: 1, uuid, name: 'removed', removedAt: '2026-01-01T00:00:00.000Z', snapshotCount: 1, phase: 'there' },
    ...{ settingsPath: `/vms/${uuid}/m.vbox`, moved: null, borrowed: [disk] },
  }
  const listed = async (item: object) => {
    const folder = join(ground.host.dataDir, 'trash')
    await mkdir(folder, { recursive: true })
    await writeFile(join(folder, `${uuid}.json`), JSON.stringify(item))
    return createTrashStore({ ...ground.host, problems }).list()
  }

  it('keeps what fits and says what does not', async () => {
    const [item] = await listed({
      ...whole,
      name: 7,
      snapshotCount: 'many',
      borrowed: [{ ...disk, kind: 'tape' }, disk],
    })
    expect(item).toMatchObject({ uuid, name: uuid, snapshotCount: 0, phase: 'there', borrowed: [disk] })
    expect(problems.notices()).toMatchObject([{ text: { key: 'state.damaged', params: { count: 3 } } }])
  })

  it.for(['settingsPath', 'moved', 'phase'])('is said, and nothing done, when its %s does not fit', async (field) => {
    expect(await listed({ ...whole, [field]: 7 })).toEqual([])
    expect(keys()).toEqual(['kept.notice.trashRecord'])
  })
})
