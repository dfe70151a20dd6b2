import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { newEntry } from '../../../../main/providers/virtualbox/entry.ts'
import { machineOf } from '../../../../main/providers/virtualbox/machine.ts'
import { missingMedium } from '../../../../main/providers/virtualbox/read-settings.ts'
import type { Settings } from '../../../../main/providers/virtualbox/settings-file.ts'
import type { Medium } from '../../../../main/providers/virtualbox/settings-media.ts'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'berth-media-'))
})
afterEach(() => rm(folder, { recursive: true }))

const disk = (uuid: string, parentId: string | null = null): Medium => ({
  uuid,
  kind: 'disk',
  path: join(folder, `${uuid}.vdi`),
  format: 'VDI',
  type: null,
  parentId,
})
const withDrive = (media: readonly Medium[], mediumId: string | null): Pick<Settings, 'hardware' | 'media'> =>
  ({ media, hardware: { controllers: [{ devices: [{ type: 'disk', mediumId }] }] } }) as never

it('finds the base of a drive’s disk missing, and no medium that is in no drive', async () => {
  const media = [disk('base'), disk('over', 'base'), disk('unused')]
  await writeFile(join(folder, 'over.vdi'), '')
  expect(await missingMedium(withDrive(media, 'over'))).toMatchObject({ uuid: 'base' })
  await writeFile(join(folder, 'base.vdi'), '')
  expect(await missingMedium(withDrive(media, 'over'))).toBeNull()
  expect(await missingMedium(withDrive(media, null))).toBeNull()
})

it('calls for a machine that is off and misses a disk, and for none that runs', () => {
  const entry = { ...newEntry('u'), lostMedium: disk('gone') }
  const observedState = (word: string) => ({ word, since: null, pid: null, lostPorts: [], trouble: null })
  expect(machineOf(entry, observedState('poweroff'))).toMatchObject({
    needsHelp: true,
    lostFile: { kind: 'disk', path: join(folder, 'gone.vdi') },
    remark: { key: 'kept.remark.missing', params: { file: 'gone.vdi' } },
  })
  expect(machineOf(entry, observedState('running'))).toMatchObject({ needsHelp: false, lostFile: null, remark: null })
})
