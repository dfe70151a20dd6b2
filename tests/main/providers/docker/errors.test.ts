import { describe, expect, it } from 'vitest'
import { engineFailure, errorRows } from '../../../../main/providers/docker/errors.ts'
import { recording } from './recordings.ts'

/** Recording, code, sentence and what is filled into it. */
type Row = readonly [name: string, code: string, key: string, params?: Readonly<Record<string, string>>]

const docker: readonly Row[] = [
  ['cp-missing', 'not-found', 'docker.error.noPath', { path: '/nope' }],
  ['cp-no-folder', 'not-found', 'docker.error.noPath'],
  ['context-missing', 'not-found', 'docker.error.context', { context: 'nowhere' }],
  ['client-too-new', 'tool-too-old', 'docker.error.serverTooOld', { client: '1.99', server: '1.41' }],
  ['client-too-old', 'tool-too-old', 'docker.error.clientTooOld', { client: '1.1', server: '1.12' }],
  ['permission', 'permission', 'docker.error.permission'],
  ['ssh-refused', 'unreachable', 'docker.error.ssh'],
  ['daemon-down', 'unreachable', 'docker.error.daemon', { place: 'unix:///run/berth-no-such.sock' }],
  ['daemon-down-tcp', 'unreachable', 'docker.error.daemon', { place: 'tcp://127.0.0.1:1' }],
  ['no-space', 'no-space', 'docker.error.noSpace'],
  ['task-left', 'tool-failed', 'docker.error.taskLeft'],
  ['max-depth', 'unsupported', 'docker.error.layers'],
  ['name-in-use', 'already-exists', 'docker.error.nameInUse', { name: 'web' }],
  ['name-invalid', 'invalid-input', 'docker.error.name'],
  ['rename-invalid', 'invalid-input', 'docker.error.name'],
  ['port-allocated', 'in-use', 'docker.error.portInUse', { port: '18080' }],
  ['port-in-use-elsewhere', 'in-use', 'docker.error.portInUse', { port: '18999' }],
  ['port-address', 'invalid-input', 'docker.error.portAddress'],
  ['pull-denied', 'permission', 'docker.error.pullDenied'],
  ['pull-missing', 'not-found', 'docker.error.noManifest'],
  ['pull-refused', 'unreachable', 'docker.error.registry', { registry: '127.0.0.1:5998' }],
  ['no-such-image', 'not-found', 'docker.error.noImage', { image: 'nosuch/image:1' }],
  ['invalid-reference', 'invalid-input', 'docker.error.reference'],
  ['reference-too-long', 'invalid-input', 'docker.error.reference'],
  ['no-command', 'invalid-input', 'docker.error.noCommand'],
  ['bind-missing', 'not-found', 'docker.error.noFolder', { path: '/no/such/folder' }],
  ['volume-name', 'invalid-input', 'docker.error.mount'],
  ['memory-too-small', 'invalid-input', 'docker.error.limits'],
  ['cpus-too-many', 'invalid-input', 'docker.error.limits'],
  ['exec-paused', 'wrong-state', 'docker.error.paused'],
  ['attach-paused', 'wrong-state', 'docker.error.paused'],
  ['no-program', 'not-found', 'docker.error.noProgram', { program: '/nope' }],
  ['exec-no-program', 'not-found', 'docker.error.noProgram', { program: 'bash' }],
  ['not-executable', 'permission', 'docker.error.notExecutable', { program: '/etc/passwd' }],
  ['network-missing', 'not-found', 'docker.error.noNetwork', { network: 'nowhere' }],
  ['no-such-container', 'not-found', 'error.machineGone'],
  ['volume-missing', 'not-found', 'docker.error.noVolume'],
  ['volume-in-use', 'in-use', 'docker.error.volumeInUse'],
  ['image-in-use', 'in-use', 'docker.error.imageInUse'],
  ['kill-stopped', 'wrong-state', 'docker.error.state'],
  ['unpause-running', 'wrong-state', 'docker.error.state'],
  ['connect-lost', 'unreachable', 'docker.error.connect'],
  ['platform', 'unsupported', 'docker.error.platform'],
]

const podman: readonly Row[] = [
  ['cp-missing', 'not-found', 'docker.error.noPath', { path: '/nope' }],
  ['name-in-use', 'already-exists', 'docker.error.nameInUse', { name: 'web' }],
  ['name-invalid', 'invalid-input', 'docker.error.name'],
  ['no-such-container', 'not-found', 'error.machineGone'],
  ['no-such-image', 'not-found', 'docker.error.noImage', { image: 'nosuch/image:1' }],
  ['no-command', 'invalid-input', 'docker.error.noCommand'],
  ['exec-no-program', 'not-found', 'docker.error.noProgram', { program: 'bash' }],
  ['volume-missing', 'not-found', 'docker.error.noVolume'],
  ['pull-refused', 'unreachable', 'docker.error.registry'],
  ['kill-stopped', 'wrong-state', 'docker.error.state'],
  ['image-in-use', 'in-use', 'docker.error.imageInUse'],
]

describe('engineFailure', () => {
  for (const [name, code, key, params = {}] of docker) {
    it(`knows docker’s ${name} as ${code}`, () => {
      const { error } = engineFailure(recording('docker', name), 'Docker')
      expect(error).toMatchObject({ code, message: { key, params } })
      expect(error.detail).toContain('$ docker')
    })
  }

  for (const [name, code, key, params = {}] of podman) {
    it(`knows podman’s ${name} as ${code}`, () => {
      expect(engineFailure(recording('podman', name), 'Podman').error).toMatchObject({ code, message: { key, params } })
    })
  }

  it('has no row without a recording', () => {
    const seen = new Set([...docker, ...podman].map(([, , key]) => key))
    expect(errorRows.map((row) => row.message).filter((key) => !seen.has(key))).toEqual([])
  })

  it('leaves what it does not know as it is', () => {
    const odd = { ...recording('docker', 'volume-missing'), stderr: 'Error response from daemon: the moon is full' }
    expect(engineFailure(odd, 'Docker').error).toMatchObject({
      code: 'tool-failed',
      message: { key: 'error.toolSays' },
    })
  })

  it('fills what the tool leaves out with what was asked for', () => {
    const { error } = engineFailure(recording('docker', 'pull-missing'), 'Docker', { image: 'a/b:1' })
    expect(error.message.params).toMatchObject({ image: 'a/b:1' })
  })
})
