import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { ContainerSpec } from '../../../app/domain/spec.ts'
import { createOp, type DockerWorld, openDockerWorld, patient } from './docker-world.ts'

let world: DockerWorld
beforeAll(async () => {
  world = await openDockerWorld()
})
afterAll(() => world?.close())

const spec = (name: string, command: readonly string[]): ContainerSpec => ({
  kind: 'container',
  endpointId: world.endpointId,
  image: 'local/busybox:1',
  pull: 'missing',
  name,
  command: [...command],
  ports: [],
  mounts: [],
  environment: [{ name: 'GREETING', value: 'it’s "fine"' }],
  restart: 'no',
  startAfter: true,
})

describe('a container’s whole life', () => {
  it('is created, changed, snapshotted, restored and brought back, always as the same machine', async () => {
    const { provider, daemon } = world
    const id = await provider.create?.create(spec('web', patient), createOp())
    if (id === undefined) throw new Error('create is missing')
    await provider.power.start(id, createOp())
    expect((await provider.read(id, createOp()))?.state).toBe('running')

    await daemon.docker('exec', 'web', 'sh', '-c', 'echo before > /note')
    const snapshotId = await provider.snapshots?.take(
      id,
      { name: 'first "one" 한글', description: 'line\nline {uuid} $HOME', memory: false },
      createOp(),
    )
    if (snapshotId === undefined) throw new Error('no snapshot')
    await daemon.docker('exec', 'web', 'sh', '-c', 'echo after > /note')

    await provider.snapshots?.restore(id, snapshotId, createOp())
    expect(await daemon.docker('exec', 'web', 'cat', '/note')).toBe('before')
    expect((await world.machine('web')).id).toBe(id)
    expect((await provider.list(world.endpointId, createOp())).map((machine) => machine.name)).toEqual(['web'])

    const tree = await provider.snapshots?.tree(id, createOp())
    expect(tree?.currentId).toBe(snapshotId)
    expect(tree?.snapshots.find((snapshot) => snapshot.id === snapshotId)).toMatchObject({
      name: 'first "one" 한글',
      description: 'line\nline {uuid} $HOME',
    })
    const record = tree?.restores[0]
    expect(record).toMatchObject({ direction: 'restored', state: 'done', snapshotId })

    await provider.snapshots?.undo(id, record?.id ?? '', createOp())
    expect(await daemon.docker('exec', 'web', 'cat', '/note')).toBe('after')
    expect((await world.machine('web')).id).toBe(id)

    await provider.snapshots?.undo(id, record?.id ?? '', createOp())
    expect(await daemon.docker('exec', 'web', 'cat', '/note')).toBe('before')

    const anew = await world.again()
    expect((await anew.list(world.endpointId, createOp())).map((machine) => machine.id)).toEqual([id])
    expect((await anew.snapshots?.tree(id, createOp()))?.restores[0]?.direction).toBe('restored')
    await anew.snapshots?.keep(id, record?.id ?? '', 'kept', createOp())
    const kept = await anew.snapshots?.tree(id, createOp())
    expect(kept?.restores).toEqual([])
    expect(kept?.snapshots).toHaveLength(2)
    expect(kept?.snapshots.map(({ name }) => name)).toContain('kept')
    const details = await anew.details(id, createOp())
    expect(details.facts.find((fact) => fact.label.key === 'docker.fact.image')?.value).toBe('local/busybox:1')
  })
})
