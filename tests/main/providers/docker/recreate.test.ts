import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { bindSources } from '../../../../main/providers/docker/bind-check.ts'
import { sortEnvironment, withClientInput } from '../../../../main/providers/docker/client-input.ts'
import { differences } from '../../../../main/providers/docker/compare.ts'
import { runLine } from '../../../../main/providers/docker/details.ts'
import { parseInspect } from '../../../../main/providers/docker/inspect.ts'
import type { Fields } from '../../../../main/providers/docker/json.ts'
import { recreate } from '../../../../main/providers/docker/recreate.ts'
import { recording } from './recordings.ts'

const engine = { flavour: 'docker', clientVersion: '28.2.2' } as const
const id = 'a'.repeat(64)

/** A container of which only this is known. */
const container = (host: Fields, more: Fields = {}): Fields => ({
  Id: id,
  Name: '/one',
  Config: { Hostname: id.slice(0, 12) },
  HostConfig: { NetworkMode: 'bridge', ...host },
  NetworkSettings: { Networks: { bridge: {} } },
  ...more,
})
const copied = (raw: Fields, of: Partial<typeof engine> | { readonly clientVersion: string } = {}) =>
  recreate(raw, { image: null, purpose: 'copy', engine: { ...engine, ...of } })

describe('the options that make a container like another', () => {
  it('are as many words as flags and values for every recorded container', () => {
    for (const tool of ['docker', 'podman'] as const) {
      for (const { raw } of parseInspect(recording(tool, 'inspect').stdout)) {
        const { flags } = recreate(raw, { image: null, purpose: 'copy', engine: { ...engine, flavour: tool } })
        expect(flags.filter((word) => word.startsWith('--env'))).toEqual([])
        expect(flags).not.toContain('')
      }
    }
  })

  it.each([
    ['the default network', 'bridge', { bridge: {} }, [], []],
    ['no network', 'bridge', {}, ['--network', 'none'], []],
    ['a network other than the one it was made in', 'one', { two: {} }, ['--network', 'two'], []],
    ['two networks', 'one', { two: {}, one: {} }, ['--network', 'one'], ['two']],
    [
      'a network named by its id',
      'f00d',
      { n: { NetworkID: 'f00d11', Aliases: ['db'] } },
      ['--network', 'n', '--network-alias', 'db'],
      [],
    ],
    ['the network of its computer', 'host', { host: {} }, ['--network', 'host'], []],
    ['the network of another container', 'container:b', {}, ['--network', 'container:b'], []],
    ['a network with options', 'n', { n: { DriverOpts: { a: 'b' } } }, ['--network', 'name=n,driver-opt=a=b'], []],
  ] as const)('join %s', (_what, mode, networks, flags, others) => {
    const made = copied(container({ NetworkMode: mode }, { NetworkSettings: { Networks: networks } }))
    expect(made.flags.slice(0, flags.length)).toEqual(flags)
    expect(made.flags.filter((word) => word === '--network').length).toBe(flags.length === 0 ? 0 : 1)
    expect(made.networks.map(({ name }) => name)).toEqual(others)
  })

  it('say no host name that is another’s', () => {
    for (const mode of ['host', 'container:b']) {
      const raw = container({ NetworkMode: mode }, { Config: { Hostname: 'other' } })
      expect(copied(raw).flags).not.toContain('--hostname')
    }
  })

  it('keep a volume of another container read-only', () => {
    const mounts = [{ Type: 'volume', Name: 'conf', Destination: '/conf', RW: false }]
    const { flags } = copied(container({ VolumesFrom: ['b'] }, { Mounts: mounts }))
    expect(flags).toEqual(['--volume', 'conf:/conf:ro', '--volumes-from', 'b'])
  })

  it('say how far a bind goes down in the words that the client knows', () => {
    const mount = (bind: Fields) =>
      container({ Mounts: [{ Type: 'bind', Source: '/s', Target: '/t', BindOptions: bind }] })
    const flat = mount({ NonRecursive: true })
    expect(copied(flat).flags).toEqual(['--mount', 'type=bind,source=/s,target=/t,bind-recursive=disabled'])
    expect(copied(flat, { clientVersion: '20.10.24' }).flags[1]).toContain('bind-nonrecursive')
    expect(copied(mount({ ReadOnlyNonRecursive: true })).flags[1]).toContain('bind-recursive=writable')
  })

  it('give unmasked paths and the content of a seccomp profile', () => {
    const raw = container({
      SecurityOpt: ['no-new-privileges', 'seccomp={"a":1}'],
      MaskedPaths: [],
      ReadonlyPaths: [],
    })
    const made = copied(raw)
    expect(made.seccompProfile).toBe('{"a":1}')
    expect(made.flags).toEqual([...['--security-opt', 'no-new-privileges', '--security-opt', 'systempaths=unconfined']])
    expect(copied(container({ SecurityOpt: ['seccomp=unconfined'] })).seccompProfile).toBeNull()
  })

  it('ask for devices of a vendor by their names, and for graphics processors with what they are for', () => {
    const requests = [
      { Driver: 'cdi', DeviceIDs: ['vendor.com/class=a'] },
      { Count: -1, Capabilities: [['gpu']] },
      { DeviceIDs: ['0', '1'], Capabilities: [['gpu', 'utility']] },
    ]
    expect(copied(container({ DeviceRequests: requests })).flags).toEqual([
      ...['--device', 'vendor.com/class=a', '--gpus', 'all', '--gpus', '"device=0,1",capabilities=utility'],
    ])
  })
})

describe('two containers that should be alike', () => {
  it('differ when one has lost a network, an address or an alias', () => {
    const inNetwork = (network: Fields): Fields => container({}, { NetworkSettings: { Networks: network } })
    const one = inNetwork({ n: { Aliases: ['db', id.slice(0, 12)], IPAMConfig: { IPv4Address: '10.0.0.5' } } })
    expect(differences(one, { ...one, Id: 'b'.repeat(64) })).toEqual(['NetworkSettings.Networks'])
    expect(differences(one, inNetwork({ n: { Aliases: ['db'] } }))).toEqual(['NetworkSettings.Networks'])
    expect(differences(inNetwork({}), inNetwork({ none: {} }))).toEqual([])
  })
})

describe('the line that makes a container', () => {
  it('takes secret values from the environment of whoever runs it', () => {
    const raw = container(
      {},
      { Config: { Env: ['A_TOKEN=hush', 'DB=postgres://u:hush@h/d', 'COLOUR=red'], Image: 'i' } },
    )
    const line = runLine(raw, null, { ...engine, prefix: [] })
    expect(line).toContain('--env A_TOKEN --env DB --env COLOUR=red')
    expect(line).not.toContain('hush')
  })
})

describe('what a client is given besides its arguments', () => {
  it('is a variable’s value in its environment, or in a file where the client reads that name itself', () => {
    expect(
      sortEnvironment(['A=1', 'a=2', 'PATH=/x', 'DOCKER_HOST=h', 'HOME=\n', 'B C=3', 'LONG=a\nb'], ['HOME']),
    ).toEqual({
      env: { A: '1', LONG: 'a\nb' },
      flags: ['--env', 'A', '--env', 'HOME=\n', '--env', 'B C=3', '--env', 'LONG'],
      fileLines: ['a=2', 'PATH=/x', 'DOCKER_HOST=h'],
      secrets: ['\n', '3'],
    })
  })

  it('stands in files that only its person can read, and that are gone afterwards', async () => {
    const runtimeDir = await mkdtemp(join(tmpdir(), 'client-input-'))
    try {
      const input = { environment: ['PATH=/secret'], seccompProfile: '{}' }
      await expect(
        withClientInput({ runtimeDir }, input, async ({ flags }) => {
          const [, file = '', , profile = ''] = flags
          expect(flags).toEqual(['--env-file', file, '--security-opt', profile])
          expect(await readFile(file, 'utf8')).toBe('PATH=/secret\n')
          expect((await stat(file)).mode & 0o777).toBe(0o600)
          expect(await readFile(profile.replace('seccomp=', ''), 'utf8')).toBe('{}')
          throw new Error('as a client that fails')
        }),
      ).rejects.toThrow('as a client that fails')
      expect(await readdir(runtimeDir)).toEqual([])
    } finally {
      await rm(runtimeDir, { recursive: true })
    }
  })
})

describe('what a container needs of its host', () => {
  it('are the folders and files that were given, not volumes, nor what the engine is to make', () => {
    const raw = container({
      Binds: ['/a/b:/x:ro', 'named:/y', 'C:\\data:C:\\inside', '/a/b:/z'],
      Mounts: [
        { Type: 'bind', Source: '/c', Target: '/t' },
        { Type: 'bind', Source: '/made', Target: '/u', BindOptions: { CreateMountpoint: true } },
        { Type: 'volume', Source: 'v', Target: '/w' },
      ],
    })
    expect(bindSources(raw)).toEqual(['/a/b', 'C:\\data', '/c'])
  })
})
