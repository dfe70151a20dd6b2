import { describe, expect, it } from 'vitest'
import { parseImageList } from '../../../../main/providers/docker/create.ts'
import { mountsOf, parseImages, parseInspect } from '../../../../main/providers/docker/inspect.ts'
import { parseContexts, parseEvent, parsePs, parseVersion } from '../../../../main/providers/docker/parse.ts'
import { recording } from './recordings.ts'

describe('parsePs', () => {
  it('reads docker’s lines', () => {
    const { rows, oddLines } = parsePs(recording('docker', 'ps').stdout)
    expect(rows.map((row) => [row.name, row.image, row.id.length])).toEqual([
      ['failed', 'local/busybox:1', 64],
      ['idle', 'local/busybox:1', 64],
      ['web', 'local/busybox:1', 64],
    ])
    expect(oddLines).toBe(0)
  })

  it('reads podman’s array', () => {
    expect(
      parsePs(recording('podman', 'ps').stdout)
        .rows.map((row) => row.name)
        .sort(),
    ).toEqual(['idle', 'web'])
  })

  it('loses only the line that is odd', () => {
    const odd = `WARNING: something\n${recording('docker', 'ps').stdout}{"ID": 7}\n{"cut": "of`
    expect(parsePs(odd)).toMatchObject({ rows: { length: 3 }, oddLines: 3 })
  })
})

describe('parseInspect', () => {
  it('reads a running container of docker', () => {
    const [web, idle, failed] = parseInspect(recording('docker', 'inspect').stdout)
    expect(web?.container).toMatchObject({
      name: 'web',
      image: 'local/busybox:1',
      word: 'running',
      exitCode: 0,
      restart: 'unless-stopped',
      autoRemove: false,
      stopTimeoutSeconds: null,
      finishedAt: null,
    })
    expect(web?.container.ports[0]).toEqual({
      containerPort: 80,
      protocol: 'tcp',
      hostAddress: '0.0.0.0',
      hostPort: 18_080,
    })
    expect(web === undefined ? [] : mountsOf(web.raw)).toEqual([
      { type: 'volume', source: 'data', target: '/data', readOnly: false },
    ])
    expect(idle?.container).toMatchObject({ word: 'created', startedAt: null, pid: 0 })
    expect(failed?.container).toMatchObject({ word: 'exited', exitCode: 3 })
  })

  it('reads podman’s, whose names and ids have no prefix', () => {
    const [web] = parseInspect(recording('podman', 'inspect').stdout)
    expect(web?.container).toMatchObject({
      name: 'web',
      word: 'running',
      image: 'localhost/local/busybox:1',
      health: '',
    })
    expect(web?.container.imageId).toMatch(/^[0-9a-f]{64}$/)
  })

  it.each([['docker'], ['podman']] as const)('keeps what %s found though one was missing', (tool) => {
    expect(parseInspect(recording(tool, 'inspect-missing').stdout)).toHaveLength(1)
  })

  it('survives fields that are missing or of another type', () => {
    const [only] = parseInspect('[{"Id": "x", "State": "odd", "Config": null, "HostConfig": [], "Mounts": {}}, 3, {}]')
    expect(only?.container).toMatchObject({ id: 'x', name: '', word: '', exitCode: 0, ports: [] })
    expect(parseInspect('[{"Id": "x"')).toEqual([])
  })
})

describe('parseImages', () => {
  it('reads what an image brings along', () => {
    const [image] = parseImages(recording('docker', 'image-inspect').stdout)
    expect(image).toMatchObject({ architecture: 'amd64', tags: ['local/busybox:1'] })
    expect(image?.sizeBytes).toBeGreaterThan(1_000_000)
  })
})

describe('parseImageList', () => {
  it('names images, and none without a name or of a snapshot', () => {
    const references = parseImageList(recording('docker', 'image-ls').stdout)
    expect(references.map((image) => image.reference)).toContain('local/busybox:1')
    expect(references.every((image) => !image.reference.includes('berth-snapshot'))).toBe(true)
    expect(references[0]?.sizeBytes).toBeGreaterThan(1_000_000)
    const ofPodman = parseImageList(recording('podman', 'image-ls').stdout)
    expect(ofPodman.map((image) => image.reference)).toContain('localhost/local/busybox:1')
  })
})

describe('parseVersion', () => {
  it('reads both halves', () => {
    expect(parseVersion(recording('docker', 'version').stdout)).toEqual({
      client: '28.2.2',
      clientApi: '1.41',
      server: '20.10.24+dfsg1',
      serverApi: '1.41',
    })
    expect(parseVersion(recording('podman', 'version').stdout)).toMatchObject({ client: '4.3.1', server: null })
    expect(parseVersion('<html>')).toBeNull()
  })
})

describe('parseContexts', () => {
  it('reads names, places and which is current', () => {
    expect(parseContexts(recording('docker', 'context-ls').stdout)).toEqual([
      { name: 'default', endpoint: 'unix:///var/run/docker.sock', isCurrent: false, error: '' },
      { name: 'lo', endpoint: expect.stringMatching(/^unix:/), isCurrent: true, error: '' },
    ])
  })
})

describe('parseEvent', () => {
  const lines = recording('docker', 'events').stdout.trim().split('\n')
  const events = lines.map(parseEvent).filter((event) => event !== null)

  it('reads every line the daemon said', () => {
    expect(events).toHaveLength(lines.length)
    const ofWeb = events.filter((event) => event.type === 'container' && ['web', 'site'].includes(event.name))
    expect(ofWeb.map((event) => event.action).filter((action) => !action.startsWith('exec'))).toEqual([
      'kill',
      'kill',
      'die',
      'stop',
      'start',
      'pause',
      'unpause',
      'rename',
      'update',
      'pause',
      'commit',
      'unpause',
    ])
    expect(ofWeb.find((event) => event.action === 'die')?.exitCode).toBe(137)
  })

  it('parts an action from the text behind it', () => {
    const exec = events.find((event) => event.action === 'exec_create')
    expect(exec?.detail).not.toBe('')
    expect(events.find((event) => event.action === 'health_status')?.detail).toBe('unhealthy')
  })

  it('reads the shape that has lost status, id and from just the same', () => {
    for (const line of lines) {
      const { status: _status, id: _id, from: _from, ...rest } = JSON.parse(line)
      expect(parseEvent(JSON.stringify(rest))).toEqual(parseEvent(line))
    }
  })

  it('goes on from where it was, never after it', () => {
    const event = parseEvent(lines[0] ?? '')
    const nanoseconds = Number(JSON.parse(lines[0] ?? '{}').timeNano)
    expect(Number(event?.since)).toBeLessThanOrEqual(nanoseconds / 1e9)
    expect(Number(event?.since)).toBeGreaterThan(nanoseconds / 1e9 - 0.001)
  })

  it('turns podman’s words into docker’s', () => {
    const said = recording('podman', 'events').stdout.trim().split('\n').map(parseEvent)
    const actions = said.map((event) => event?.action)
    expect(actions).toEqual(expect.arrayContaining(['start', 'pause', 'unpause', 'rename', 'die', 'destroy']))
    expect(said.find((event) => event?.action === 'die')).toMatchObject({ exitCode: 137, name: 'web' })
  })

  it('has nothing to say about what is no event', () => {
    expect(['', 'text', '[]', '7', '{}', '{"Type":"container"}'].map(parseEvent)).toEqual(Array(6).fill(null))
  })
})
