import { mkdir, rename, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Machine } from '../../../app/domain/machine.ts'
import { op } from '../../conformance/ground.ts'
import { missingVirtualBox } from '../../support/virtualbox-lab.ts'
import { isNow, type LabGround, labGround } from './base-ground.ts'

describe.skipIf(missingVirtualBox !== null)('what others do to VirtualBox machines', () => {
  let ground: LabGround
  let uuid = ''
  beforeAll(async () => {
    ground = await labGround('live-watch')
    uuid = await ground.lab.make('watched')
    await ground.heard(0, isNow(uuid, 'stopped'))
  })
  afterAll(async () => {
    expect(await ground.leave()).toEqual([])
  })

  /** Does something by VBoxManage, past the provider: it must be told, and without a process of ours, which would ask in turn. */
  const outside = async (args: readonly string[], state: Machine['state']): Promise<void> => {
    const [since, before] = [performance.now(), ground.started.length]
    await ground.lab.insist(...args)
    await ground.heard(since, isNow(uuid, state))
    expect(ground.started.slice(before)).toEqual([])
  }

  it('are seen as they start, pause, resume, are saved and discarded, without asking VirtualBox', async () => {
    await outside(['startvm', uuid, '--type', 'headless'], 'running')
    await outside(['controlvm', uuid, 'pause'], 'paused')
    await outside(['controlvm', uuid, 'resume'], 'running')
    const saving = performance.now()
    await outside(['controlvm', uuid, 'savestate'], 'suspended')
    expect(ground.told.filter(({ atMs, change }) => atMs > saving && isNow(uuid, 'stopped')(change))).toEqual([])
    await outside(['discardstate', uuid], 'stopped')
    await outside(['startvm', uuid, '--type', 'headless'], 'running')
    await outside(['controlvm', uuid, 'poweroff'], 'stopped')
  })

  it('are seen as their process dies', async () => {
    let since = performance.now()
    await ground.lab.insist('startvm', uuid, '--type', 'headless')
    await ground.heard(since, isNow(uuid, 'running'))
    since = performance.now()
    process.kill((await ground.lab.pidOf(uuid)) ?? 0, 'SIGKILL')
    await ground.heard(since, isNow(uuid, 'crashed'))
    expect(await ground.machine(uuid)).toMatchObject({
      nativeState: 'aborted',
      remark: { key: 'virtualbox.remark.aborted' },
    })
  })

  it('are seen as they are changed, renamed, given snapshots, made and unregistered', async () => {
    let since = performance.now()
    await ground.lab.insist('modifyvm', uuid, '--memory', '24')
    await ground.heard(since, (change) => change.kind === 'upsert' && change.machine.memoryBytes === 24 * 1024 * 1024)

    since = performance.now()
    await ground.lab.insist('snapshot', uuid, 'take', 'a "name"\nof two lines')
    await ground.heard(since, (change) => change.kind === 'snapshots' && change.id === ground.idOf(uuid))

    since = performance.now()
    await ground.lab.insist('modifyvm', uuid, '--name', 'renamed "so"')
    await ground.heard(since, (change) => change.kind === 'upsert' && change.machine.name === 'renamed "so"')

    since = performance.now()
    const other = await ground.lab.make('other')
    await ground.heard(since, isNow(other, 'stopped'))
    await ground.lab.manage('unregistervm', other, '--delete')
    await ground.heard(since, (change) => change.kind === 'removed' && change.id === ground.idOf(other))
  })

  it('are inaccessible while their file is away or damaged, and come back with it', async () => {
    const lost = await ground.lab.make('lost')
    const path = (await ground.provider.details(ground.idOf(lost), op())).facts.find(
      ({ label }) => label.key === 'virtualbox.fact.settingsFile',
    )?.value as string
    let since = performance.now()
    await rename(path, `${path}.away`)
    await ground.heard(since, isNow(lost, 'inaccessible'))
    expect(await ground.machine(lost)).toMatchObject({ name: 'lost', remark: { key: 'virtualbox.remark.missing' } })

    await writeFile(path, '<VirtualBox><Machine uuid=')
    await ground.heard(
      since,
      (change) => change.kind === 'upsert' && change.machine.remark?.key === 'virtualbox.remark.damaged',
    )
    since = performance.now()
    await rename(`${path}.away`, path)
    await ground.heard(since, isNow(lost, 'stopped'))
  })

  it('are still watched when their folder comes later than they do', async () => {
    const moved = await ground.lab.make('moved')
    const folder = join(ground.lab.machineFolder, 'moved')
    await rename(folder, join(ground.lab.folder, 'away'))
    await ground.heard(0, isNow(moved, 'inaccessible'))
    await mkdir(dirname(folder), { recursive: true })
    await rename(join(ground.lab.folder, 'away'), folder)
    const since = performance.now()
    await ground.provider.list('virtualbox:local', op())
    expect((await ground.machine(moved)).state).toBe('stopped')
    await ground.lab.insist('startvm', moved, '--type', 'headless')
    await ground.heard(since, isNow(moved, 'running'))
  })
})
