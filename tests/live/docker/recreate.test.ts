import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { differences } from '../../../main/providers/docker/compare.ts'
import { fieldsOf } from '../../../main/providers/docker/json.ts'
import { createOp, type DockerWorld, openDockerWorld } from './docker-world.ts'

let world: DockerWorld
beforeAll(async () => {
  world = await openDockerWorld()
})
afterAll(() => world?.close())

describe('the line that recreates a container', () => {
  it('makes one that inspects the same', async () => {
    const { daemon, provider } = world
    await daemon.docker(
      ...[
        'create',
        '--name',
        'rich',
        '-p',
        '127.0.0.1:18322:80',
        '-p',
        '53:53/udp',
        '--expose',
        '9',
        '-v',
        'stuff:/s:ro',
      ],
      ...[
        '--mount',
        'type=bind,source=/tmp,target=/t',
        '--tmpfs',
        '/q:size=1m',
        '-e',
        'A=it’s "b"\nc',
        '-l',
        'x=a,b="c"',
      ],
      ...[
        '--restart',
        'on-failure:3',
        '--memory',
        '64m',
        '--cpus',
        '0.5',
        '--pids-limit',
        '50',
        '--cap-add',
        'NET_ADMIN',
      ],
      ...['--cap-drop', 'MKNOD', '--user', '1000:1000', '--workdir', '/tmp', '--hostname', 'h', '--dns', '1.1.1.1'],
      ...[
        '--add-host',
        'a:1.2.3.4',
        '--stop-signal',
        'SIGINT',
        '--stop-timeout',
        '3',
        '--init',
        '--read-only',
        '-t',
        '-i',
      ],
      ...[
        '--ulimit',
        'nofile=100:200',
        '--shm-size',
        '32m',
        '--log-opt',
        'max-size=1m',
        '--sysctl',
        'net.ipv4.ip_forward=1',
      ],
      ...[
        '--health-cmd',
        'true || "false"',
        '--health-interval',
        '5s',
        '--health-retries',
        '2',
        '--entrypoint',
        '/bin/sh',
      ],
      ...[
        '--security-opt',
        'no-new-privileges',
        '--group-add',
        '7',
        '--device',
        '/dev/null:/dev/n:r',
        '--oom-score-adj',
        '5',
      ],
      ...['local/busybox:1', '-c', 'echo "$HOME" \'x\'', ''],
    )
    const { id } = await world.machine('rich')
    const details = await provider.details(id, createOp())
    const [before] = JSON.parse(await daemon.docker('inspect', 'rich'))
    await daemon.docker('rm', 'rich')
    // A shell reads the line as a person's would; `run` becomes `create`, since not all of it can run here.
    const line = (details.commandLine ?? '').replace(' run --detach ', ' create ')
    const { reason, exitCode } = await world.host.exec.run(
      { file: '/bin/sh', args: ['-c', line], timeoutMs: 20_000 },
      createOp(),
    )
    expect([reason, exitCode]).toEqual(['exit', 0])
    const [after] = JSON.parse(await daemon.docker('inspect', 'rich'))
    expect(differences(fieldsOf(before), fieldsOf(after))).toEqual([])
    expect(after.Config.Labels).toEqual(before.Config.Labels)
    expect(after.Config.Hostname).toBe('h')
    expect(after.HostConfig.RestartPolicy).toEqual(before.HostConfig.RestartPolicy)
  })

  it('masks what looks secret', async () => {
    const { daemon, provider } = world
    await daemon.docker(
      'create',
      '--name',
      'secretive',
      '-e',
      'DB_PASSWORD=hush',
      '-e',
      'COLOUR=red',
      'local/busybox:1',
    )
    const { id } = await world.machine('secretive')
    const details = await provider.details(id, createOp())
    const variables = details.facts.filter((fact) => fact.label.key === 'docker.fact.variable')
    // Docker's client keeps no order: it holds variables in a map.
    expect(Object.fromEntries(variables.map((fact) => [fact.label.params?.['name'], fact.value]))).toEqual({
      DB_PASSWORD: '••••••',
      COLOUR: 'red',
    })
    expect(details.inspect).not.toContain('hush')
  })
})
