import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe } from 'vitest'
import type { EndpointId, MachineId } from '../../app/domain/ids.ts'
import type { Capability } from '../../app/domain/provider.ts'
import type { CreateSpec } from '../../app/domain/spec.ts'
import { GB, GiB } from '../../app/domain/units.ts'
import { createMockProvider } from '../../main/providers/mock/provider.ts'
import { describeFiles } from './files.ts'
import { type Ground, op, temporaryHost } from './ground.ts'
import { describeProvider } from './provider-suite.ts'
import { type Talk, talkTo } from './talk.ts'

async function startMock(kind: 'vm' | 'container'): Promise<Ground> {
  const { host, remove } = await temporaryHost()
  const provider = createMockProvider(kind, { machines: 0, speed: 200, alive: false })(host)
  const endpointId: EndpointId = kind === 'vm' ? 'mockvm:local' : 'mockcontainer:default'
  let count = 0

  const guest = async (id: MachineId): Promise<Talk> => {
    const console = kind === 'vm' ? 'serial0' : 'shell'
    const target = await provider.consoles?.target(id, console, { user: null, folder: null }, op())
    if (target === undefined) throw new Error('no console')
    const talk = await talkTo(target)
    await talk.until(/# /)
    return talk
  }
  const say = async (id: MachineId, line: string): Promise<string> => {
    const talk = await guest(id)
    talk.type(`${line}\n`)
    const heard = await talk.until(/\n.*# /s)
    talk.end()
    return heard
  }

  return {
    provider,
    endpointId,
    spec(name) {
      count += 1
      return specOf(kind, endpointId, `${name}-${count}`)
    },
    write: async (id, text) => void (await say(id, `echo ${text} > note`)),
    read: async (id) => /\n(.*?)\r\n/.exec(await say(id, 'cat note'))?.[1] ?? '',
    async stopOutside(id) {
      const talk = await guest(id)
      talk.type('poweroff\n')
      talk.end()
    },
    async leave() {
      await provider.dispose()
      // Made when the first console opens.
      const left = await readdir(host.runtimeDir).catch(() => [])
      await remove()
      return left
    },
  }
}

function specOf(kind: 'vm' | 'container', endpointId: EndpointId, name: string): CreateSpec {
  if (kind === 'vm') {
    return {
      kind,
      endpointId,
      name,
      arch: 'x86_64',
      cpus: 2,
      memoryBytes: GiB,
      disk: { from: 'blank', sizeBytes: 4 * GB },
      isoPath: null,
      network: { mode: 'user', forwards: [] },
      firmware: 'bios',
      startAfter: false,
    }
  }
  return {
    kind,
    endpointId,
    name,
    image: 'alpine:3.22',
    pull: 'missing',
    command: [],
    ports: [],
    mounts: [],
    environment: [],
    restart: 'no',
    startAfter: false,
  }
}

const shared = [
  'restart',
  'pause',
  'snapshots',
  'consoles',
  'create',
  'rename',
  'configure',
  'remove',
  'stats',
  'files',
] as const satisfies readonly Capability[]

describeProvider('pretended virtual machines', {
  missing: null,
  facets: [...shared, 'screens', 'reset', 'suspend', 'clone', 'locate', 'trash', 'commands'],
  start: () => startMock('vm'),
  promptMs: 1_000,
})
describe('files of pretended machines', () => {
  let ground: Ground
  afterAll(() => ground.leave())
  describeFiles(async () => {
    ground = await startMock('vm')
    const id = (await ground.provider.list('mockvm:local', op()))[0]?.id ?? 'mockvm:'
    return {
      provider: ground.provider,
      id,
      folder: '/tmp',
      async read(path) {
        const folder = await mkdtemp(join(tmpdir(), 'berth-read-'))
        await ground.provider.files?.fetch(id, { inside: path, path: join(folder, 'file') }, op())
        return readFile(join(folder, 'file')).finally(() => rm(folder, { recursive: true }))
      },
    }
  })
})
describeProvider('pretended containers', {
  missing: null,
  facets: shared,
  start: () => startMock('container'),
  promptMs: 1_000,
})
