import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { MachineId } from '../../../app/domain/ids.ts'
import type { Runner } from '../../../main/exec/command.ts'
import type { Provider } from '../../../main/providers/provider.ts'
import { createOp, type DockerWorld, openDockerWorld, patient } from './docker-world.ts'

let world: DockerWorld
beforeAll(async () => {
  world = await openDockerWorld()
})
afterAll(() => world?.close())

let id: MachineId
let snapshotId: string
let provider: Provider
beforeEach(async () => {
  const { daemon } = world
  const left = (await daemon.docker('ps', '--all', '--quiet')).split('\n').filter((line) => line !== '')
  if (left.length > 0) await daemon.docker('rm', '--force', ...left)
  const images = (await daemon.docker('image', 'ls', '--quiet', 'berth-snapshot'))
    .split('\n')
    .filter((line) => line !== '')
  if (images.length > 0) await daemon.docker('image', 'rm', '--force', ...new Set(images))
  provider = await world.again()
  await daemon.docker('run', '--detach', '--restart', 'always', '--name', 'db', 'local/busybox:1', ...patient)
  id = (await world.machine('db')).id
  await daemon.docker('exec', 'db', 'sh', '-c', 'echo before > /note')
  snapshotId = (await provider.snapshots?.take(id, { name: 's', description: '', memory: false }, createOp())) ?? ''
  await daemon.docker('exec', 'db', 'sh', '-c', 'echo after > /note')
})

const note = (): Promise<string> => world.daemon.docker('exec', 'db', 'cat', '/note')
const names = async (): Promise<readonly string[]> =>
  (await world.daemon.docker('ps', '--all', '--format', '{{.Names}}')).split('\n').sort()

/**
 * From the given command on nothing is carried out any more, and nobody learns how the commands before it ended, as if Berth had
 * been killed then. Settles once the engine is done with those that were under way: a follower asks while a restore does something.
 */
function dieAfter(commands: number): Promise<void> {
  const { exec } = world.host
  const forever = new Promise<never>(() => {})
  const underWay = new Set<Promise<unknown>>()
  let left = commands
  return new Promise((resolve) => {
    replaceExec({
      ...exec,
      async run(command, context) {
        left -= 1
        if (left < 0) {
          resolve(Promise.allSettled(underWay).then(() => {}))
          return forever
        }
        const running = exec.run(command, context)
        underWay.add(running)
        const result = await running.catch(async (error: unknown) => (left < 0 ? forever : Promise.reject(error)))
        underWay.delete(running)
        return left < 0 ? forever : result
      },
    })
  })
}

function replaceExec(exec: Runner): void {
  Object.assign(world.host, { exec })
}

describe('a restore', () => {
  it('that Berth does not survive is finished or taken back at the next start, wherever it was', async () => {
    await diesAnywhere(2)
  }, 180_000)

  it('of a container with labels of its own, which is kept as an image, survives Berth’s death as well', async () => {
    const { daemon } = world
    await daemon.docker('rm', '--force', 'db')
    const labelled = ['--label', 'com.docker.compose.project=p', '--volume', '/data']
    const options = ['--detach', '--restart', 'always', '--name', 'db', ...labelled]
    await daemon.docker('run', ...options, 'local/busybox:1', ...patient)
    id = (await world.machine('db')).id
    await daemon.docker('exec', 'db', 'sh', '-c', 'echo before > /note; echo held > /data/file')
    snapshotId = (await provider.snapshots?.take(id, { name: 's', description: '', memory: false }, createOp())) ?? ''
    await daemon.docker('exec', 'db', 'sh', '-c', 'echo after > /note')
    await diesAnywhere(3)
    expect(await daemon.docker('exec', 'db', 'cat', '/data/file')).toBe('held')
    expect(await daemon.docker('image', 'ls', '--quiet', 'berth-kept')).toBe('')
    const found = ['ps', '--all', '--filter', 'label=com.docker.compose.project=p', '--format', '{{.Names}}']
    expect(await daemon.docker(...found)).toBe('db')
    const volume = await daemon.docker('inspect', 'db', '--format', '{{(index .Mounts 0).Name}}')
    await daemon.docker('rm', '--force', 'db')
    await daemon.docker('volume', 'rm', volume)
  }, 240_000)

  async function diesAnywhere(step: number): Promise<void> {
    const real = world.host.exec
    // A restore needs about twenty commands, with an image forty; any of them may be the last.
    for (let commands = 6; commands < 60; commands += step) {
      const died = dieAfter(commands).then(() => 'died')
      const outcome = await Promise.race([
        provider.snapshots?.restore(id, snapshotId, createOp()).then(() => 'restored'),
        died,
      ])
      replaceExec(real)
      provider = await world.again()
      const machines = await provider.list(world.endpointId, createOp())
      expect(machines.map((machine) => [machine.id, machine.name, machine.state])).toEqual([[id, 'db', 'running']])
      const tree = await provider.snapshots?.tree(id, createOp())
      expect(tree?.restores.every((restore) => restore.state === 'done')).toBe(true)
      const isRestored = (tree?.restores.length ?? 0) > 0
      expect([commands, await note()]).toEqual([commands, isRestored ? 'before' : 'after'])
      expect((await names()).length).toBe(isRestored ? 2 : 1)
      if (isRestored) {
        await provider.snapshots?.undo(id, tree?.restores[0]?.id ?? '', createOp())
        expect(await note()).toBe('after')
        await provider.snapshots?.letGo(id, tree?.restores[0]?.id ?? '', createOp())
      }
      expect(await names()).toEqual(['db'])
      if (outcome === 'restored') break
    }
    expect(await world.daemon.docker('inspect', 'db', '--format', '{{.HostConfig.RestartPolicy.Name}}')).toBe('always')
  }

  it('in which the engine dies is put right as soon as the engine is back', async () => {
    const { daemon } = world
    const real = world.host.exec
    let left = 14
    replaceExec({
      ...real,
      async run(command, context) {
        left -= 1
        if (left === 0) await daemon.kill()
        return real.run(command, context)
      },
    })
    await expect(provider.snapshots?.restore(id, snapshotId, createOp())).rejects.toMatchObject({
      error: { code: 'unreachable' },
    })
    replaceExec(real)
    await daemon.start()
    await provider.probe(createOp())
    const machines = await provider.list(world.endpointId, createOp())
    expect(machines.map((machine) => [machine.id, machine.name, machine.state])).toEqual([[id, 'db', 'running']])
    expect(await note()).toBe('after')
    expect(await names()).toEqual(['db'])
    expect((await provider.snapshots?.tree(id, createOp()))?.restores).toEqual([])
  }, 60_000)

  it('that cannot make the new container leaves the old one running as it was', async () => {
    await world.daemon.docker('image', 'rm', '--force', `berth-snapshot:${snapshotId}`)
    await expect(provider.snapshots?.restore(id, snapshotId, createOp())).rejects.toMatchObject({
      error: { code: 'not-found' },
    })
    expect(await note()).toBe('after')
    expect(await names()).toEqual(['db'])
  })

  it('that cannot start the new container puts the old one back, running', async () => {
    const { daemon } = world
    await daemon.docker('exec', 'db', 'busybox', 'rm', '/bin/sh')
    const broken = await provider.snapshots?.take(id, { name: 'b', description: '', memory: false }, createOp())
    await daemon.docker('exec', 'db', 'busybox', 'ln', '-s', 'busybox', '/bin/sh')
    await expect(provider.snapshots?.restore(id, broken ?? '', createOp())).rejects.toMatchObject({
      error: { message: { key: 'docker.error.noProgram' } },
    })
    expect(await world.machine('db')).toMatchObject({ id, state: 'running' })
    expect(await note()).toBe('after')
    expect(await names()).toEqual(['db'])
    expect((await provider.snapshots?.tree(id, createOp()))?.restores).toEqual([])
  })

  it('shows the kept copy when the restored container is removed outside', async () => {
    await provider.snapshots?.restore(id, snapshotId, createOp())
    await world.daemon.docker('rm', '--force', 'db')
    const machine = await world.machine('db')
    expect(machine).toMatchObject({ id, state: 'stopped', remark: { key: 'docker.remark.standIn' } })
    await provider.power.start(id, createOp())
    expect((await provider.read(id, createOp()))?.state).toBe('running')
  })

  it('cannot be undone any more once its kept copy is removed outside, and does not say that it can', async () => {
    await provider.snapshots?.restore(id, snapshotId, createOp())
    world.changes.length = 0
    const kept = (await names()).find((name) => name.startsWith('berth-kept.')) ?? ''
    await world.daemon.docker('rm', kept)
    await world.until((change) => change.kind === 'list')
    await provider.list(world.endpointId, createOp())
    expect((await provider.snapshots?.tree(id, createOp()))?.restores).toEqual([])
    expect(await world.machine('db')).toMatchObject({ id, state: 'running' })
    expect(await note()).toBe('before')
  })

  it('whose kept copy was let go by a Berth that ended just then is forgotten by the next', async () => {
    await provider.snapshots?.restore(id, snapshotId, createOp())
    const restoreId = (await provider.snapshots?.tree(id, createOp()))?.restores[0]?.id ?? ''
    const kept = (await names()).find((name) => name.startsWith('berth-kept.')) ?? ''
    await provider.dispose()
    await world.daemon.docker('rm', kept)
    provider = await world.again()
    await provider.list(world.endpointId, createOp())
    expect((await provider.snapshots?.tree(id, createOp()))?.restores).toEqual([])
    await expect(provider.snapshots?.undo(id, restoreId, createOp())).rejects.toMatchObject({
      error: { code: 'not-found' },
    })
  })

  it('shows what was set aside though the journal is lost', async () => {
    await provider.snapshots?.restore(id, snapshotId, createOp())
    await provider.dispose()
    await writeFile(join(world.home, 'data', 'docker.json'), '{ damaged')
    provider = await world.again()
    const machines = await provider.list(world.endpointId, createOp())
    expect(machines).toHaveLength(2)
    expect(machines.find((machine) => machine.name !== 'db')?.remark?.key).toBe('docker.remark.aside')
  })
})

describe('removing', () => {
  it('keeps a container in the trash, from which it comes back as it was', async () => {
    const { daemon } = world
    const plan = await provider.remove?.plan(id, createOp())
    expect(plan).toMatchObject({ way: 'trash', snapshotCount: 1, blockedBy: [] })
    const trashId = await provider.remove?.remove(id, { volumes: [] }, createOp())
    expect(await provider.list(world.endpointId, createOp())).toEqual([])
    expect(await provider.trash?.list(createOp())).toMatchObject([{ id: trashId, machineId: id, name: 'db' }])
    // Its name is free again.
    await daemon.docker('create', '--name', 'db', 'local/busybox:1')
    await expect(provider.trash?.recover(trashId ?? '', createOp())).rejects.toMatchObject({
      error: { code: 'already-exists' },
    })
    await daemon.docker('rm', 'db')
    expect(await provider.trash?.recover(trashId ?? '', createOp())).toBe(id)
    await provider.power.start(id, createOp())
    expect(await note()).toBe('after')
    expect(await daemon.docker('inspect', 'db', '--format', '{{.HostConfig.RestartPolicy.Name}}')).toBe('always')
    expect((await provider.snapshots?.tree(id, createOp()))?.snapshots).toHaveLength(1)
  })

  it('purges the container, its kept copies, its snapshots, and the volumes that were named', async () => {
    const { daemon } = world
    await daemon.docker('rm', '--force', 'db')
    await daemon.docker('run', '-d', '--name', 'db', '-v', 'gone:/a', '-v', 'stays:/b', 'local/busybox:1', ...patient)
    id = (await world.machine('db')).id
    const taken = (await provider.snapshots?.take(id, { name: 's', description: '', memory: false }, createOp())) ?? ''
    await provider.snapshots?.restore(id, taken, createOp())
    const plan = await provider.remove?.plan(id, createOp())
    expect(plan?.volumes).toEqual(['gone', 'stays'])
    const trashId = (await provider.remove?.remove(id, { volumes: ['gone'] }, createOp())) ?? ''
    expect(await daemon.docker('volume', 'ls', '-q')).toContain('gone')
    await provider.trash?.purge(trashId, createOp())
    expect(await daemon.docker('ps', '-aq')).toBe('')
    expect((await daemon.docker('volume', 'ls', '-q')).split('\n')).toEqual(['stays'])
    expect(await daemon.docker('image', 'ls', '-q', 'berth-snapshot')).not.toContain(taken)
    expect(JSON.parse(await readFile(join(world.home, 'data', 'docker.json'), 'utf8')).machines).toEqual({})
  })

  it('finishes a purge that a crash cut short: the container was gone, its snapshot and volume not yet', async () => {
    const { daemon } = world
    await daemon.docker('run', '-d', '--name', 'cut', '-v', 'late:/a', 'local/busybox:1', ...patient)
    const cut = (await world.machine('cut')).id
    const taken = await provider.snapshots?.take(cut, { name: 's', description: '', memory: false }, createOp())
    await provider.remove?.remove(cut, { volumes: ['late'] }, createOp())
    await provider.dispose()
    const journalPath = join(world.home, 'data', 'docker.json')
    const journal = JSON.parse(await readFile(journalPath, 'utf8')) as {
      trash: { purging: boolean; containerId: string }[]
    }
    const [item] = journal.trash
    await writeFile(journalPath, JSON.stringify({ ...journal, trash: [{ ...item, purging: true }] }))
    await daemon.docker('rm', '--force', item?.containerId ?? '')

    provider = await world.again()
    await provider.list(world.endpointId, createOp())
    expect(await provider.trash?.list(createOp())).toEqual([])
    expect((await daemon.docker('volume', 'ls', '-q')).split('\n')).not.toContain('late')
    expect(await daemon.docker('image', 'ls', '--format', '{{.Tag}}', 'berth-snapshot')).not.toContain(taken)
    expect(JSON.parse(await readFile(journalPath, 'utf8')).trash).toEqual([])
  })
})

describe('snapshots of a container that was removed outside', () => {
  it('stand in the trash with their size, and bring it back as the machine it was, with all of them', async () => {
    const { daemon } = world
    const second = await provider.snapshots?.take(id, { name: 'later', description: '', memory: false }, createOp())
    world.changes.length = 0
    await daemon.docker('rm', '--force', 'db')
    await world.until((change) => change.kind === 'trash')
    const items = (await provider.trash?.list(createOp())) ?? []
    expect(items).toMatchObject([
      {
        machineId: id,
        name: 'db',
        snapshotCount: 2,
        note: { key: 'docker.trash.left', params: { snapshot: 'later' } },
      },
    ])
    const trashId = items[0]?.id ?? ''

    // Somebody else has the name by now: nothing is made, nothing is lost.
    await daemon.docker('create', '--name', 'db', 'local/busybox:1')
    await expect(provider.trash?.recover(trashId, createOp())).rejects.toMatchObject({
      error: { code: 'already-exists' },
    })
    await daemon.docker('rm', 'db')

    expect(await provider.trash?.recover(trashId, createOp())).toBe(id)
    expect(await world.machine('db')).toMatchObject({ id, state: 'stopped' })
    expect(await provider.trash?.list(createOp())).toEqual([])
    const tree = await provider.snapshots?.tree(id, createOp())
    expect(tree?.snapshots).toHaveLength(2)
    expect(tree?.currentId).toBe(second)
    await provider.power.start(id, createOp())
    expect(await note()).toBe('after')
    expect(await daemon.docker('inspect', 'db', '--format', '{{.HostConfig.RestartPolicy.Name}}')).toBe('always')
    await provider.snapshots?.restore(id, snapshotId, createOp())
    expect(await note()).toBe('before')
  })

  it('go, and free their room, when they are purged', async () => {
    const { daemon } = world
    await daemon.docker('rm', '--force', 'db')
    provider = await world.again()
    const [item] = (await provider.trash?.list(createOp())) ?? []
    expect(item?.machineId).toBe(id)
    await provider.trash?.purge(item?.id ?? '', createOp())
    expect(await provider.trash?.list(createOp())).toEqual([])
    expect(await daemon.docker('image', 'ls', '--format', '{{.Tag}}', 'berth-snapshot')).not.toContain(snapshotId)
  })

  it('are not taken for left ones while their machine, or what is kept of it, is there', async () => {
    await provider.snapshots?.restore(id, snapshotId, createOp())
    expect(await provider.trash?.list(createOp())).toEqual([])
    await world.daemon.docker('rm', '--force', 'db')
    expect(await world.machine('db')).toMatchObject({ id, remark: { key: 'docker.remark.standIn' } })
    expect(await provider.trash?.list(createOp())).toEqual([])
  })
})
