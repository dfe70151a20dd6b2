import { describe, expect, it } from 'vitest'
import { remediesFor } from '../../../../main/providers/docker/remedies.ts'

type Given = readonly [platform: NodeJS.Platform, endpoint: string, product: string, command: string]

const place = (endpoint: string, platform: NodeJS.Platform = 'linux') =>
  ({ platform, flavour: 'docker', isLocal: true, endpoint }) as const

describe('the remedy for an engine of this computer that does not run', () => {
  it.each<Given>([
    ['linux', 'unix:///var/run/docker.sock', 'Docker', 'sudo systemctl start docker'],
    ['linux', 'unix:///run/docker.sock', 'Docker', 'sudo systemctl start docker'],
    ['linux', 'unix:///run/user/1000/docker.sock', 'Docker', 'systemctl --user start docker'],
    ['linux', 'unix:///run/user/1000/podman/podman.sock', 'Podman', 'systemctl --user start podman.socket'],
    ['linux', 'unix:///run/podman/podman.sock', 'Podman', 'sudo systemctl start podman.socket'],
    [
      'linux',
      'unix:///home/sena/.docker/desktop/docker.sock',
      'Docker Desktop',
      'systemctl --user start docker-desktop',
    ],
    ['darwin', 'unix:///Users/sena/.docker/run/docker.sock', 'Docker Desktop', 'open -a Docker'],
    ['darwin', 'unix:///var/run/docker.sock', 'Docker', 'open -a Docker'],
    ['darwin', 'unix:///Users/sena/.colima/default/docker.sock', 'Colima', 'colima start'],
    ['darwin', 'unix:///Users/sena/.config/colima/lab/docker.sock', 'Colima', 'colima start lab'],
    ['darwin', 'unix:///Users/sena/.lima/docker/sock/docker.sock', 'Lima', 'limactl start docker'],
    ['darwin', 'unix:///Users/sena/.rd/docker.sock', 'Rancher Desktop', 'rdctl start'],
    ['darwin', 'unix:///Users/sena/.orbstack/run/docker.sock', 'OrbStack', 'open -a OrbStack'],
    ['win32', 'npipe:////./pipe/podman-machine-default', 'Podman', 'podman machine start'],
  ])('on %s at %s starts %s', (platform, endpoint, product, command) => {
    expect(remediesFor('unreachable', place(endpoint, platform))).toEqual([
      { title: { key: 'docker.remedy.start', params: { product } }, commands: [command], url: null },
    ])
  })

  it.each([
    ['unix:///srv/engine/my.sock'],
    ['tcp://127.0.0.1:2375'],
    ['unix:///home/sena/.colima/a; rm -rf ~/docker.sock'],
  ])('at %s names the address and no command of another program', (endpoint) => {
    expect(remediesFor('unreachable', place(endpoint))).toEqual([
      { title: { key: 'docker.remedy.startAt', params: { endpoint } }, commands: [], url: null },
    ])
  })

  it('of podman by itself is not a command of Docker', () => {
    const podman = { ...place(''), flavour: 'podman' } as const
    const title = { key: 'docker.remedy.start', params: { product: 'Podman' } }
    expect(remediesFor('unreachable', podman)).toEqual([{ title, commands: [], url: null }])
    expect(remediesFor('unreachable', { ...podman, platform: 'darwin' })[0]?.commands).toEqual(['podman machine start'])
  })
})

describe('the remedy for a missing permission', () => {
  it('is the group for the system’s own socket, which opens no other', () => {
    expect(remediesFor('permission', place('unix:///var/run/docker.sock'))[0]?.commands).toEqual([
      'sudo usermod -aG docker "$USER"',
    ])
    expect(remediesFor('permission', place('unix:///run/user/1001/docker.sock'))).toEqual([])
  })
})
