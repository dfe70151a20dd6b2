import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { quoteLine } from '../../../../main/exec/quote.ts'
import { parseGroups, parseNetwork } from '../../../../main/providers/docker/cgroup.ts'
import * as commands from '../../../../main/providers/docker/commands.ts'
import { attachArgs, execArgs } from '../../../../main/providers/docker/consoles.ts'
import { placeOf, usableContexts } from '../../../../main/providers/docker/contexts.ts'
import { entrypointOf } from '../../../../main/providers/docker/inspect.ts'
import { asideName, hasName, newHandle, parseAsideName } from '../../../../main/providers/docker/naming.ts'
import type { Context } from '../../../../main/providers/docker/parse.ts'
import { createLayers, parsePullLine, registryOf, splitReference } from '../../../../main/providers/docker/pull.ts'
import { looksSecret, shownEntry } from '../../../../main/providers/docker/secrets.ts'
import { markFor, shellWords } from '../../../../main/providers/docker/shell-session.ts'
import { packLabel, type SnapshotLabel, unpackLabel } from '../../../../main/providers/docker/snapshot-label.ts'
import { stateOf, states } from '../../../../main/providers/docker/states.ts'
import { parseStats } from '../../../../main/providers/docker/stats.ts'
import { wantsTerminal } from '../../../../main/providers/docker/wants-terminal.ts'
import { recording } from './recordings.ts'

describe('states', () => {
  it('know every word of docker and podman, and no other', () => {
    expect(Object.keys(states).map(stateOf)).not.toContain('unknown')
    expect(['', 'sleeping', 'constructor', '__proto__'].map(stateOf)).toEqual(Array(4).fill('unknown'))
  })
})

describe('an entrypoint', () => {
  it('keeps its words where podman 4 joined them with blanks', () => {
    const raw = {
      Path: 'sh',
      Args: ['-c', 'sleep 5; true', 'x'],
      Config: { Entrypoint: 'sh -c sleep 5; true', Cmd: ['x'] },
    }
    expect(entrypointOf(raw)).toEqual(['sh', '-c', 'sleep 5; true'])
    expect(entrypointOf({ ...raw, Config: { Entrypoint: ['a b'], Cmd: ['x'] } })).toEqual(['a b'])
    expect(entrypointOf({ Config: { Entrypoint: 'sh -c' } })).toEqual(['sh', '-c'])
    expect(entrypointOf({ Path: 'sleep', Args: ['5'], Config: { Entrypoint: '', Cmd: ['sleep', '5'] } })).toEqual([])
  })
})

describe('argument lists', () => {
  it('keep what was typed apart from options', () => {
    expect(commands.rename('id', '--help')).toEqual(['rename', '--', 'id', '--help'])
    expect(commands.pull('-x')).toEqual(['pull', '--', '-x'])
    expect(commands.imageInspect(['--help'])).toEqual(['image', 'inspect', '--', '--help'])
  })

  it('quote a mount’s fields as CSV', () => {
    const mount = { type: 'bind', source: '/a, "b"', target: '/t', readOnly: true } as const
    expect(commands.mountOption(mount)).toBe('type=bind,"source=/a, ""b""",target=/t,readonly')
  })

  it.each([
    [{ protocol: 'tcp', hostAddress: null, hostPort: 8080, containerPort: 80 }, '8080:80'],
    [{ protocol: 'udp', hostAddress: '::1', hostPort: 53, containerPort: 53 }, '[::1]:53:53/udp'],
    [{ protocol: 'tcp', hostAddress: '127.0.0.1', hostPort: null, containerPort: 80 }, '127.0.0.1::80'],
    [{ protocol: 'tcp', hostAddress: null, hostPort: null, containerPort: 80 }, '80'],
  ] as const)('publish %o as %s', (port, text) => {
    expect(commands.publish(port)).toBe(text)
  })

  it('ask for events from where they broke off', () => {
    expect(commands.events('docker', '12.5').slice(-2)).toEqual(['--since', '12.5'])
    expect(commands.events('podman', null)).toContain('event=died')
  })

  it('open a shell as somebody, somewhere, and attach without passing signals on', () => {
    const typed = ['exec', '--interactive', '--tty', '--env', 'TERM=xterm-256color']
    expect(execArgs('docker', 'id', ['bash'], { user: 'u', folder: '/f', hasLocale: true })).toEqual([
      ...[...typed, '--detach-keys=ctrl-^,ctrl-@,ctrl-^,ctrl-@', '--user', 'u', '--workdir', '/f', 'id', 'bash'],
    ])
    // The engine would not start in a folder that is gone.
    expect(execArgs('podman', 'id', ['sh'], { user: null, folder: null, hasLocale: false })).toEqual([
      ...[...typed, '--env', 'LANG=C.UTF-8', '--detach-keys=', '--workdir', '/', 'id', 'sh'],
    ])
    expect(attachArgs('docker', 'id', false)).toEqual([
      ...['attach', '--sig-proxy=false', '--detach-keys=ctrl-^,ctrl-@,ctrl-^,ctrl-@', '--no-stdin', 'id'],
    ])
  })

  it('have a shell go to the container’s own folder by itself', () => {
    const mark = markFor('id', ['sh'], null)
    expect(shellWords(mark, "/it's")[2]).toContain("cd '/it'\\''s'; exec sh")
    expect(shellWords(mark, null)[2]).not.toContain('cd ')
  })
})

describe('names of things set aside', () => {
  it('are read back as they were made, whatever the name', () => {
    fc.assert(
      fc.property(fc.constantFrom('new', 'kept', 'trash'), fc.string(), (role, name) => {
        const handle = newHandle()
        expect(parseAsideName(asideName(role, handle, name))).toEqual({ role, handle, name })
      }),
    )
    expect(parseAsideName('berth-kept.web')).toBeNull()
  })

  it('take only our own tag for a snapshot’s', () => {
    expect(hasName(['a:1', 'berth-snapshot:00ff'], 'berth-snapshot:00ff')).toBe(true)
    expect(hasName(['localhost/berth-snapshot:00ff'], 'berth-snapshot:00ff')).toBe(true)
    expect(hasName(['other/berth-snapshot:00ff'], 'berth-snapshot:00ff')).toBe(false)
  })
})

describe('a snapshot’s label', () => {
  const label = (name: string, description: string): SnapshotLabel => ({
    version: 1,
    id: '0123456789abcdef',
    name,
    description,
    ancestors: [],
    createdAt: '2026-01-01T00:00:00.000Z',
    containerId: 'c',
    image: 'i',
    baseBytes: 1,
    container: { Name: '/n', Config: {}, HostConfig: {}, Mounts: [], Networks: {} },
  })

  it('holds any text in letters that mean nothing to LABEL', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }), (name, description) => {
        const packed = packLabel(label(name, description))
        expect(packed).toMatch(/^[\w-]+$/)
        expect(unpackLabel(packed)).toEqual(label(name, description))
      }),
    )
  })

  it('is nothing when it is not ours, cut, or made to fill the memory', () => {
    const packed = packLabel(label('n', 'd'))
    expect([unpackLabel(''), unpackLabel('{}'), unpackLabel(packed.slice(0, 20))]).toEqual([null, null, null])
    expect(unpackLabel(packLabel(label('n', 'x'.repeat(8_000_000))))).toBeNull()
  })
})

describe('pulling', () => {
  it('follows each layer of what docker says', () => {
    const layers = createLayers()
    const fractions: number[] = []
    for (const line of recording('docker', 'pull').stdout.split('\n')) {
      const step = parsePullLine(line)
      if (step !== null) layers.take(step)
      fractions.push(layers.fraction() ?? 0)
    }
    expect(layers.parts().map((part) => part.label)).toEqual(['Pull complete', 'Pull complete'])
    expect(fractions.at(-1)).toBe(1)
    expect(fractions.toSorted((one, other) => one - other)).toEqual(fractions)
  })

  it.each([
    ['redis', { name: 'redis', tag: 'latest' }, 'https://index.docker.io/v1/'],
    ['a/b:1', { name: 'a/b', tag: '1' }, 'https://index.docker.io/v1/'],
    ['localhost:5000/a', { name: 'localhost:5000/a', tag: 'latest' }, 'localhost:5000'],
    ['r.example/a@sha256:00', { name: 'r.example/a', tag: 'sha256:00' }, 'r.example'],
  ])('reads %s', (image, reference, registry) => {
    expect(splitReference(image)).toEqual(reference)
    expect(registryOf(image)).toBe(registry)
  })
})

describe('contexts', () => {
  const context = (name: string, endpoint: string, isCurrent = false): Context => ({
    name,
    endpoint,
    isCurrent,
    error: '',
  })

  it('are on this computer or another', () => {
    expect(placeOf(context('a', 'unix:///s')).socketPath).toBe('/s')
    expect(placeOf(context('a', 'npipe:////./pipe/docker')).host.id).toBe('local')
    expect(placeOf(context('a', 'tcp://127.0.0.1:2375')).isLocal).toBe(true)
    expect(placeOf(context('a', 'ssh://me@far.example:22'))).toMatchObject({
      host: { id: 'ssh://me@far.example:22', label: 'far.example' },
      isLocal: false,
      hostName: 'far.example',
    })
  })

  it('that lead to the same place are one, the current one', () => {
    const all = [context('default', 'unix:///a'), context('one', 'unix:///b'), context('two', 'unix:///b', true)]
    expect(usableContexts(all, () => true).map(({ name }) => name)).toEqual(['default', 'two'])
    expect(usableContexts(all, () => false).map(({ name }) => name)).toEqual(['two'])
  })
})

describe('secrets', () => {
  it('are told by the name of their variable', () => {
    expect(['DB_PASSWORD', 'API_KEY', 'apikey', 'GITHUB_TOKEN', 'MYSQL_PWD'].map(looksSecret)).toEqual(
      Array(5).fill(true),
    )
    expect(['PATH', 'PWD_FOLDER', 'AUTHOR', 'KEYBOARD'].map(looksSecret)).toEqual(Array(4).fill(false))
    expect(['A=b', 'A_SECRET=x=y', 'DB_URL=postgres://u:p@h/db'].map(shownEntry)).toEqual([
      'A=b',
      'A_SECRET=••••••',
      'DB_URL=postgres://u:•••@h/db',
    ])
  })
})

describe('figures', () => {
  it('are read from the kernel’s files', () => {
    expect(parseGroups('4:cpu,cpuacct:/docker/x\n0::/u\nodd').byController.get('cpuacct')).toBe('/docker/x')
    expect(parseGroups('0::/u').unified).toBe('/u')
    const network = 'a | b\nlo: 1 0 0 0 0 0 0 0 1 0\neth0: 10 0 0 0 0 0 0 0 20 0\neth1:5 0 0 0 0 0 0 0 6 0'
    expect(parseNetwork(network)).toEqual({ receiveBytes: 15, sendBytes: 26 })
  })

  it('are read from podman’s words', () => {
    const { stdout } = recording('podman', 'stats')
    const id = JSON.parse(stdout)[0].id
    const [figures] = parseStats(stdout, new Map([[`${id}rest`, 'docker:podman/x']]))
    expect(figures?.id).toBe('docker:podman/x')
    expect(figures?.memoryBytes).toBeGreaterThan(0)
  })
})

describe('text for people', () => {
  it('quotes a line so that a shell reads it back', () => {
    expect(quoteLine(['a', 'b c', "it's", '$HOME', ''])).toBe(`a 'b c' 'it'\\''s' '$HOME' ''`)
  })
})

describe('a new container’s terminal', () => {
  it.each([
    [[], ['bash'], true],
    [[], ['/bin/sh', '-l'], true],
    [['/bin/sh'], [], true],
    [['docker-entrypoint.sh'], ['node'], true],
    [[], ['python3'], true],
    [[], ['busybox', 'sh'], true],
    [[], ['sh', '-c', 'sleep 9'], false],
    [['/bin/sh', '-c'], ['sleep 9'], false],
    [[], ['python3', 'app.py'], false],
    [['docker-entrypoint.sh'], ['postgres'], false],
    [['docker-entrypoint.sh'], [], false],
    [[], [], false],
  ])('for %j and %j is on by itself: %s', (entrypoint, command, isWanted) => {
    expect(wantsTerminal(entrypoint, command)).toBe(isWanted)
  })
})
