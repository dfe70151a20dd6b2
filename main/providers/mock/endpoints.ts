import { failure } from '../../../app/domain/errors.ts'
import type { EndpointId } from '../../../app/domain/ids.ts'
import type { Endpoint, HostInfo } from '../../../app/domain/provider.ts'
import type { MessageKey } from '../../../app/messages/text.ts'
import type { ProviderContext } from './provider-context.ts'

const local: HostInfo = { id: 'local', label: null, address: null }
const buildBox: HostInfo = { id: 'ssh:build-box', label: 'build-box', address: 'ssh://sena@build-box.local' }

/** The far endpoint is away between these times after the start, so that losing it and finding it again can be seen. */
const awayFromMs = 8_000
const awayUntilMs = 90_000

export function isAway(context: ProviderContext, startedMs: number): boolean {
  const age = (context.host.now().getTime() - startedMs) * context.speed
  return age >= awayFromMs && age < awayUntilMs
}

/** When the next change of the far endpoint is due, in ms from now; null when there is none. */
export function nextTurnMs(context: ProviderContext, startedMs: number): number | null {
  const age = context.host.now().getTime() - startedMs
  const next = [awayFromMs, awayUntilMs].map((at) => at / context.speed).find((at) => at > age)
  return next === undefined ? null : next - age
}

/** The error an endpoint that is away fails with. */
export function unreachable(place: string) {
  return failure(
    'unreachable',
    { key: 'mock.error.unreachable', params: { place } },
    { hint: { key: 'mock.error.unreachable.hint' }, detail: `dial tcp: lookup ${place}: i/o timeout` },
  )
}

/** The endpoints of one pretended provider: every state that an endpoint can be in is there. */
export function endpointsOf(
  providerId: string,
  kind: 'vm' | 'container',
  since: string,
  away: boolean,
): { readonly hosts: readonly HostInfo[]; readonly endpoints: readonly Endpoint[] } {
  const endpoint = (
    key: string,
    host: HostInfo,
    label: string,
    version: string | null,
    place: string | null,
    bad: Partial<Endpoint> = {},
  ): Endpoint => ({
    id: `${providerId}:${key}` as EndpointId,
    providerId,
    hostId: host.id,
    label,
    state: 'ready',
    version,
    place,
    error: null,
    remedies: [],
    notices: [],
    since,
    ...bad,
  })
  const error = (
    code: 'refused' | 'missing' | 'tooOld' | 'broken',
    params: Readonly<Record<string, string>>,
    detail: string | null,
  ) => {
    const codes = {
      refused: 'permission',
      missing: 'tool-missing',
      tooOld: 'tool-too-old',
      broken: 'tool-failed',
    } as const
    const key: MessageKey = `mock.error.${code}`
    return failure(codes[code], { key, params }, { detail }).error
  }

  if (kind === 'vm') {
    const place = 'qemu+ssh://build-box.local/system'
    return {
      hosts: [local, buildBox],
      endpoints: [
        endpoint('local', local, 'QEMU', '10.1.2', '/usr/local/bin/qemu-system-x86_64', {
          notices: [{ level: 'info', text: { key: 'mock.notice.pretended' } }],
        }),
        endpoint(
          'build-box',
          buildBox,
          'libvirt',
          '11.0.0',
          place,
          away ? { state: 'unreachable', error: unreachable('build-box.local').error } : {},
        ),
        endpoint('vbox', local, 'VirtualBox', '5.2.44', '/usr/bin/VBoxManage', {
          state: 'too-old',
          error: error('tooOld', { found: '5.2.44', needed: '7.0' }, null),
          remedies: [
            {
              title: { key: 'mock.remedy.update', params: { tool: 'VirtualBox' } },
              commands: [],
              url: 'https://www.virtualbox.org/',
            },
          ],
        }),
        endpoint('vmware', local, 'VMware', null, '/usr/bin/vmrun', {
          state: 'broken',
          error: error('broken', { tool: 'vmrun' }, 'vmrun: error while loading shared libraries: libvix.so.0'),
        }),
      ],
    }
  }
  return {
    hosts: [local, buildBox],
    endpoints: [
      endpoint('default', local, 'Docker', '29.1.0', 'unix:///var/run/docker.sock'),
      endpoint('build-box', buildBox, 'Docker', '28.5.1', 'ssh://sena@build-box.local'),
      endpoint('rootful', local, 'Docker (rootful)', null, 'unix:///run/rootful/docker.sock', {
        state: 'refused',
        error: error(
          'refused',
          { place: '/run/rootful/docker.sock' },
          'permission denied while trying to connect to the Docker daemon socket',
        ),
        remedies: [
          {
            title: { key: 'mock.remedy.group' },
            commands: ['sudo usermod -aG docker "$USER"', 'newgrp docker'],
            url: null,
          },
        ],
      }),
      endpoint('podman', local, 'Podman', null, null, {
        state: 'missing',
        error: error('missing', { tool: 'podman' }, null),
        remedies: [
          {
            title: { key: 'mock.remedy.install', params: { tool: 'Podman' } },
            commands: ['sudo apt install podman'],
            url: 'https://podman.io/docs/installation',
          },
        ],
      }),
    ],
  }
}
