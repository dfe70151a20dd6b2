import { execFileSync } from 'node:child_process'
import { readdir, rename } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { MachineId } from '../../app/domain/ids.ts'
import { op } from '../conformance/ground.ts'
import { missingQemu, type QemuGround, qemuGround } from './qemu-ground.ts'

describe.skipIf(missingQemu !== null)('bases of linked clones of QEMU machines', () => {
  let ground: QemuGround
  beforeAll(async () => {
    ground = await qemuGround()
  })
  afterAll(() => ground.leave())

  const purge = async (id: MachineId): Promise<void> => {
    const { remove, trash } = ground.provider
    const trashId = await remove?.remove(id, { volumes: [] }, op())
    await trash?.purge(trashId ?? '', op())
  }
  const bases = (): Promise<readonly string[]> => readdir(join(ground.host.dataDir, 'bases'))

  it.for(['machine.json is missing', 'machine.json is missing and Berth starts again'])(
    'keeps the base of a linked clone whose %s while another machine is purged',
    async (when) => {
      const source = await ground.make('source')
      const snapshotId = await ground.provider.snapshots?.take(
        source,
        { name: 'first', description: '', memory: false },
        op(),
      )
      const clone = await ground.provider.clone?.clone(
        source,
        { name: 'clone', mode: 'linked', snapshotId: snapshotId ?? null },
        op(),
      )
      if (clone === undefined) throw new Error('no clone')
      const definition = join(ground.folderOf(clone), 'machine.json')
      const aside = join(ground.folder, 'machine.json')
      const before = await bases()
      await rename(definition, aside)
      if (when.endsWith('again')) await ground.crash()
      await purge(await ground.make('other'))
      expect(await bases()).toEqual(before)
      await rename(aside, definition)
      execFileSync('qemu-img', ['check', '-q', join(ground.folderOf(clone), 'disk0.qcow2')])
      await purge(clone)
      await purge(source)
      expect(await bases()).toEqual([])
    },
  )
})
