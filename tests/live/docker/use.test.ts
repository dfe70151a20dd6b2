import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type ContainerSpec, containerSpecSchema } from '../../../app/domain/spec.ts'
import { createOp, type DockerWorld, openDockerWorld, patient } from './docker-world.ts'
import { type Registry, startRegistry } from './registry.ts'

let world: DockerWorld
let registry: Registry
beforeAll(async () => {
  world = await openDockerWorld()
  registry = await startRegistry()
})
afterAll(async () => {
  await registry?.close()
  await world?.close()
})

const specOf = (fields: Partial<ContainerSpec>): ContainerSpec => ({
  kind: 'container',
  endpointId: world.endpointId,
  image: 'local/busybox:1',
  pull: 'missing',
  name: null,
  command: [...patient],
  ports: [],
  mounts: [],
  environment: [],
  restart: 'no',
  startAfter: true,
  ...fields,
})

describe('creating', () => {
  it('gives ports, volumes, environment and restart policy as the preview says', async () => {
    const { provider, daemon } = world
    const spec = specOf({
      name: 'full',
      ports: [{ protocol: 'tcp', hostAddress: '127.0.0.1', hostPort: 18_321, containerPort: 80 }],
      mounts: [{ type: 'volume', source: 'stuff', target: '/a, "b"', readOnly: true }],
      environment: [{ name: 'WORDS', value: 'two "words"\n$HOME' }],
      restart: 'on-failure',
    })
    const preview = await provider.create?.preview(spec, createOp())
    expect(preview?.[0]).toContain('docker --context berth-test run --detach --name full --restart on-failure')
    const id = await provider.create?.create(spec, createOp())
    expect(id).toMatch(/^docker:berth-test\/[0-9a-f]{64}$/)
    await provider.power.start(id ?? 'docker:x', createOp())
    const [made] = JSON.parse(await daemon.docker('inspect', 'full'))
    expect(made.Config.Env).toContain('WORDS=two "words"\n$HOME')
    expect(made.Mounts[0]).toMatchObject({ Name: 'stuff', Destination: '/a, "b"', RW: false })
    expect(made.HostConfig.RestartPolicy.Name).toBe('on-failure')
    expect((await world.machine('full')).addresses[0]).toBe('127.0.0.1:18321')
  })

  it('gives a shell a terminal, so that it stays, and limits, network, user and folder as they are asked for', async () => {
    const { provider, daemon } = world
    const settings = { cpus: 0.5, memoryBytes: 64 * 1024 * 1024, network: 'none', user: '1000', workingFolder: '/tmp' }
    const spec = specOf({ name: 'shell', command: [], terminal: 'auto', ...settings })
    expect((await provider.create?.preview(spec, createOp()))?.[0]).toContain('--interactive --tty')
    const id = await provider.create?.create(spec, createOp())
    await provider.power.start(id ?? 'docker:x', createOp())
    const [{ Config, HostConfig, State }] = JSON.parse(await daemon.docker('inspect', 'shell'))
    expect([Config.Tty, Config.OpenStdin, State.Status]).toEqual([true, true, 'running'])
    expect([HostConfig.NanoCpus, HostConfig.Memory, HostConfig.NetworkMode]).toEqual([5e8, 67_108_864, 'none'])
    expect([Config.User, Config.WorkingDir]).toEqual(['1000', '/tmp'])
    const service = await provider.create?.create(specOf({ name: 'service', terminal: 'auto' }), createOp())
    expect(JSON.parse(await daemon.docker('inspect', service?.split('/')[1] ?? ''))[0].Config.Tty).toBe(false)
  })

  it('gives no user of the computer a variable’s value to read', async () => {
    const { provider, daemon } = world
    const environment = [
      { name: 'MY_PASSWORD', value: 'hush-1' },
      { name: 'DB_URL', value: 'postgres://u:hush-2@h/db' },
      { name: 'PATH', value: '/bin:/hush-3' },
    ]
    const op = createOp()
    await provider.create?.create(specOf({ name: 'quiet', environment }), op)
    const given = op.records.map(({ line }) => line).join('\n')
    expect(given).toContain('--env MY_PASSWORD --env DB_URL')
    expect(given).not.toContain('hush')
    const [{ Config }] = JSON.parse(await daemon.docker('inspect', 'quiet'))
    expect(Config.Env).toEqual(
      expect.arrayContaining(['MY_PASSWORD=hush-1', 'DB_URL=postgres://u:hush-2@h/db', 'PATH=/bin:/hush-3']),
    )
  })

  it('pulls an image and tells each layer’s bytes', async () => {
    const { provider } = world
    const op = createOp()
    const image = `${registry.address}/public/image:1`
    const creating = provider.create?.create(specOf({ image, name: 'pulled', command: [] }), op)
    const halfWay = (): boolean =>
      op.steps.some((step) => step.parts?.some((part) => (part.doneBytes ?? 0) > 0) ?? false)
    await expect.poll(halfWay, { timeout: 10_000 }).toBe(true)
    registry.release()
    await creating
    expect(op.steps.some((step) => step.parts?.length === 2)).toBe(true)
    expect(op.records.some((record) => record.kind === 'api' && record.outcome === 'ok')).toBe(true)
  })

  it('gives up a pull that is cancelled, and leaves nothing', async () => {
    const slow = await startRegistry()
    const op = createOp()
    const image = `${slow.address}/public/image:1`
    await world.daemon.docker('rm', '--force', 'pulled')
    await world.daemon.docker('image', 'rm', `${registry.address}/public/image:1`)
    const creating = world.provider.create?.create(specOf({ image, name: 'never' }), op)
    await expect.poll(() => op.steps.some((step) => step.parts !== undefined), { timeout: 10_000 }).toBe(true)
    op.abort()
    await expect(creating).rejects.toMatchObject({ error: { code: 'cancelled' } })
    expect(await world.daemon.docker('ps', '-aq', '--filter', 'name=never')).toBe('')
    await slow.close()
  })

  it('says clearly what is wrong with an image, a name, a port', async () => {
    const { provider } = world
    const wrong = (fields: Partial<ContainerSpec>) => provider.create?.create(specOf(fields), createOp())
    await expect(wrong({ image: `${registry.address}/private/image:1` })).rejects.toMatchObject({
      error: { code: 'permission', message: { params: { image: `${registry.address}/private/image:1` } } },
    })
    await expect(wrong({ image: '--help' })).rejects.toMatchObject({ error: { code: 'invalid-input', field: 'image' } })
    await expect(wrong({ image: 'nosuch:1', pull: 'never' })).rejects.toMatchObject({ error: { code: 'not-found' } })
    for (const name of ['한글 이름', '--help', '../..', 'a "b"', '{uuid}', 'مرحبا', 'two\nlines', '-x', '$HOME']) {
      await expect(wrong({ name })).rejects.toMatchObject({ error: { code: 'invalid-input', field: 'name' } })
    }
    await expect(wrong({ name: 'full' })).rejects.toMatchObject({ error: { code: 'already-exists', field: 'name' } })
    const port = { protocol: 'tcp', hostAddress: '127.0.0.1', hostPort: 18_321, containerPort: 80 } as const
    const second = await wrong({ name: 'second', ports: [port] })
    await expect(provider.power.start(second ?? 'docker:x', createOp())).rejects.toMatchObject({
      error: { code: 'in-use', message: { params: { port: '18321' } } },
    })
    expect((await world.machine('second')).remark?.key).toBe('docker.remark.startError')
  })

  it('offers the images and volumes that are here', async () => {
    const options = await world.provider.create?.options(world.endpointId, createOp())
    expect(options).toMatchObject({ kind: 'container', volumes: ['stuff'] })
    expect(options?.kind === 'container' && options.images.map((image) => image.reference)).toContain('local/busybox:1')
  })

  it('takes every spec that the form can make', () => {
    expect(containerSpecSchema.parse(specOf({ name: 'x' }))).toMatchObject({ name: 'x' })
  })
})

describe('snapshots', () => {
  it('keep whatever a person can type as name and description', async () => {
    const { daemon, provider } = world
    await daemon.docker('create', '--name', 'typed', 'local/busybox:1')
    const { id } = await world.machine('typed')
    await fc.assert(
      fc.asyncProperty(
        fc.string({ unit: 'grapheme', minLength: 1, maxLength: 60 }).filter((text) => !text.includes('\0')),
        fc.string({ unit: 'binary', maxLength: 200 }),
        async (name, description) => {
          const taken = await provider.snapshots?.take(id, { name, description, memory: false }, createOp())
          const tree = await provider.snapshots?.tree(id, createOp())
          const found = tree?.snapshots.find((snapshot) => snapshot.id === taken)
          expect(found).toMatchObject({ name, description })
          await provider.snapshots?.delete(id, taken ?? '', createOp())
        },
      ),
      {
        numRuns: 12,
        examples: [
          ['"quotes" \'and\' \\back\\', 'line\nline\r\n"x" $HOME $(a) `b` {uuid}'],
          ['--help', '../..'],
          ['한글 مرحبا ‮rtl', 'x'.repeat(200)],
        ],
      },
    )
  })

  it('form a tree; a deleted one gives its children to its parent', async () => {
    const { daemon, provider } = world
    await daemon.docker('run', '--detach', '--name', 'tree', '-v', 'stuff:/stuff', 'local/busybox:1', ...patient)
    const { id } = await world.machine('tree')
    const take = async (name: string): Promise<string> => {
      await daemon.docker('exec', 'tree', 'sh', '-c', `echo ${name} > /${name}`)
      return (await provider.snapshots?.take(id, { name, description: '', memory: false }, createOp())) ?? ''
    }
    const [one, two] = [await take('one'), await take('two')]
    await provider.snapshots?.restore(id, one, createOp())
    const three = await take('three')
    await provider.snapshots?.edit(id, one, { name: 'first', description: 'said later' }, createOp())
    const tree = await provider.snapshots?.tree(id, createOp())
    const parents = Object.fromEntries(tree?.snapshots.map((snapshot) => [snapshot.id, snapshot.parentId]) ?? [])
    expect(parents).toMatchObject({ [one]: null, [two]: one, [three]: one, [`kept-${tree?.restores[0]?.id}`]: two })
    expect(tree?.currentId).toBe(three)
    expect(tree?.snapshots.find((snapshot) => snapshot.id === one)).toMatchObject({
      name: 'first',
      description: 'said later',
    })
    expect(tree?.notice).toMatchObject({ key: 'docker.snapshot.volumes', params: { targets: '/stuff' } })
    await provider.snapshots?.delete(id, one, createOp())
    const after = await provider.snapshots?.tree(id, createOp())
    expect(after?.snapshots.find((snapshot) => snapshot.id === two)?.parentId).toBeNull()
    await provider.snapshots?.restore(id, two, createOp())
    expect(await daemon.docker('exec', 'tree', 'ls', '/one', '/two')).toBe('/one\n/two')
    expect((await provider.snapshots?.tree(id, createOp()))?.restores).toHaveLength(2)
  })

  it('of a container that removes itself can be taken but not restored', async () => {
    const { daemon, provider } = world
    await daemon.docker('run', '--rm', '--detach', '--name', 'fleeting', 'local/busybox:1', ...patient)
    const machine = await world.machine('fleeting')
    expect(machine.withheld.restore?.key).toBe('docker.withheld.autoRemove')
    const taken = await provider.snapshots?.take(machine.id, { name: 's', description: '', memory: false }, createOp())
    await expect(provider.snapshots?.restore(machine.id, taken ?? '', createOp())).rejects.toMatchObject({
      error: { code: 'wrong-state' },
    })
    expect(await provider.remove?.plan(machine.id, createOp())).toMatchObject({ way: 'gone' })
  })
})

describe('consoles', () => {
  it('find the best shell, say when there is none, and leave nothing behind', async () => {
    const { daemon, provider } = world
    const { id } = await world.machine('full')
    const target = await provider.consoles?.target(id, 'shell', { user: 'guest', folder: '/tmp' }, createOp())
    expect(target).toMatchObject({ kind: 'pty', title: 'sh' })
    expect(target?.kind === 'pty' && target.args.slice(2)).toEqual([
      ...['exec', '--interactive', '--tty', '--env', 'TERM=xterm-256color', '--env', 'LANG=C.UTF-8'],
      ...['--detach-keys=ctrl-^,ctrl-@,ctrl-^,ctrl-@', '--user', 'guest', '--workdir', '/tmp'],
      ...[id.split('/')[1], 'sh', '-c', expect.stringContaining('exec sh')],
    ])
    const processes = await daemon.docker('top', 'full')
    expect(processes.split('\n').filter((line) => !/sleep|trap|PID/.test(line))).toEqual([])

    await daemon.docker('exec', 'full', 'busybox', 'sh', '-c', 'cp /bin/busybox /sleep; rm -r /bin')
    await daemon.docker('commit', 'full', 'local/bare:1')
    await daemon.docker('run', '--detach', '--name', 'bare', 'local/bare:1', '/sleep', '1000')
    const bare = await world.machine('bare')
    await expect(
      provider.consoles?.target(bare.id, 'shell', { user: null, folder: null }, createOp()),
    ).rejects.toMatchObject({
      error: { message: { key: 'docker.console.noShell', params: { image: 'local/bare:1' } } },
    })
    await daemon.docker('rm', '--force', 'bare')
  })

  it('are withheld with a sentence while a container is paused or stopped', async () => {
    const { daemon, provider } = world
    await daemon.docker('run', '--detach', '--name', 'still', 'local/busybox:1', ...patient)
    const { id } = await world.machine('still')
    const shell = async () =>
      (await provider.consoles?.options(id, createOp()))?.find((option) => option.id === 'shell')
    expect((await shell())?.withheld).toBeNull()
    await provider.pause?.pause(id, createOp())
    expect((await shell())?.withheld?.key).toBe('docker.console.paused')
    await expect(
      provider.consoles?.target(id, 'shell', { user: null, folder: null }, createOp()),
    ).rejects.toMatchObject({ error: { code: 'wrong-state' } })
    await provider.pause?.resume(id, createOp())
    await provider.power.shutDown(id, createOp())
    expect((await shell())?.withheld?.key).toBe('docker.console.stopped')
  })

  it('read the last lines of a log', async () => {
    const { daemon, provider } = world
    await daemon.docker(
      'run',
      '--name',
      'talker',
      'local/busybox:1',
      'sh',
      '-c',
      'for i in 1 2 3 4; do echo line $i; done',
    )
    const { id } = await world.machine('talker')
    expect(await provider.consoles?.tail(id, 2, createOp())).toBe('line 3\nline 4')
  })

  it('learn that the container under a shell is gone', async () => {
    const { daemon, provider } = world
    await daemon.docker('run', '--detach', '--name', 'doomed', 'local/busybox:1', ...patient)
    const { id } = await world.machine('doomed')
    const target = await provider.consoles?.target(id, 'shell', { user: null, folder: null }, createOp())
    await daemon.docker('rm', '--force', 'doomed')
    await world.until((change) => change.kind === 'removed' && change.id === id)
    expect(
      target?.kind === 'pty' && target.explain(1, `Error response from daemon: No such container: ${id}`),
    ).toMatchObject({
      key: 'error.machineGone',
    })
    await expect(
      provider.consoles?.target(id, 'shell', { user: null, folder: null }, createOp()),
    ).rejects.toMatchObject({
      error: { code: 'not-found' },
    })
  })
})

describe('power', () => {
  it('shows the grace of a stop, and is done when it is already so', async () => {
    const { daemon, provider } = world
    await daemon.docker('run', '--detach', '--stop-timeout', '1', '--name', 'deaf', 'local/busybox:1', 'sleep', '1000')
    const { id } = await world.machine('deaf')
    const op = createOp()
    await provider.power.shutDown(id, op)
    expect(op.steps[0]?.wait).toMatchObject({ limitMs: 1000, by: 'signal', killsAtLimit: true })
    expect(await provider.read(id, createOp())).toMatchObject({
      state: 'stopped',
      remark: { key: 'docker.remark.killed' },
    })
    await provider.power.shutDown(id, createOp())
    await provider.power.powerOff(id, createOp())
    await provider.power.start(id, createOp())
    await provider.power.start(id, createOp())
    await provider.power.powerOff(id, createOp())
    expect((await provider.read(id, createOp()))?.state).toBe('stopped')
  })

  it('restarts, renames and changes limits', async () => {
    const { daemon, provider } = world
    await daemon.docker('run', '--detach', '--name', 'old-name', 'local/busybox:1', ...patient)
    const { id } = await world.machine('old-name')
    await provider.restart?.restart(id, createOp())
    await provider.rename?.rename(id, 'new-name', createOp())
    await expect(provider.rename?.rename(id, '새 이름', createOp())).rejects.toMatchObject({ error: { field: 'name' } })
    await provider.configure?.configure(id, { restart: 'always', cpus: 1, memoryBytes: 67_108_864 }, createOp())
    expect((await provider.configure?.read(id, createOp()))?.values).toEqual({
      restart: 'always',
      cpus: 1,
      memoryBytes: 67_108_864,
    })
    expect(await provider.read(id, createOp())).toMatchObject({ name: 'new-name', state: 'running', cpus: 1 })
    await daemon.docker('rm', '--force', 'new-name')
  })

  it('ends a container that is started again and again', async () => {
    const { daemon, provider } = world
    await daemon.docker(
      'run',
      '--detach',
      '--restart',
      'always',
      '--name',
      'looping',
      'local/busybox:1',
      'sh',
      '-c',
      'exit 1',
    )
    const { id } = await world.machine('looping')
    await expect.poll(async () => (await provider.read(id, createOp()))?.state, { timeout: 20_000 }).toBe('starting')
    await provider.power.powerOff(id, createOp())
    expect((await provider.read(id, createOp()))?.state).toBe('stopped')
  })
})

describe('figures', () => {
  it('come from the kernel, without a process', async () => {
    const { daemon, provider } = world
    await daemon.docker('run', '--detach', '--name', 'busy', 'local/busybox:1', 'sh', '-c', 'while :; do :; done')
    const { id } = await world.machine('busy')
    await provider.stats?.read([id], createOp())
    world.processes.length = 0
    await new Promise((resolve) => setTimeout(resolve, 500))
    const [figures] = (await provider.stats?.read([id], createOp())) ?? []
    // A whole core where it has one for itself, little where it must share.
    expect(figures?.cpuPercent).toBeGreaterThan(1)
    expect(figures?.memoryBytes).toBeGreaterThan(0)
    // The look that confirms the start may still come; figures themselves ask nobody.
    expect(world.processes.filter((line) => !line.includes(' inspect '))).toEqual([])
    await daemon.docker('rm', '--force', 'busy')
  })
})
