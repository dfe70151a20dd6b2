import { createHash } from 'node:crypto'
import { type EndpointId, machineId } from '../../../app/domain/ids.ts'
import { type Machine, type MachineState, steadyStates } from '../../../app/domain/machine.ts'
import type { Snapshot } from '../../../app/domain/snapshot.ts'
import type { Forward } from '../../../app/domain/spec.ts'
import { GB, GiB, MB } from '../../../app/domain/units.ts'
import { drivePath, type MockMachine, type ProviderContext, type Quirk } from './provider-context.ts'
import { chainTree, courseTree, labTree, winTree } from './seed-trees.ts'

interface Story {
  readonly name: string
  readonly state?: MachineState
  readonly os: string | null
  readonly place?: string
  readonly quirks?: readonly Quirk[]
  readonly arch?: string
  readonly cpus?: number
  readonly memoryGiB?: number
  readonly ageHours?: number
  readonly snapshots?: readonly Snapshot[]
  readonly volumes?: readonly string[]
  readonly forwards?: readonly Forward[]
  readonly withheld?: Machine['withheld']
  readonly remark?: Machine['remark']
  readonly nativeState?: string
}

const forward = (hostPort: number, guestPort: number): Forward => ({
  protocol: 'tcp',
  hostAddress: '127.0.0.1',
  hostPort,
  guestPort,
})

const rawDisk = { key: 'mock.withheld.rawDisk' } as const
const tpm = { key: 'mock.withheld.tpm' } as const

/** VMs: every state, every kind of name, one for each thing that can go wrong. */
const vms = (now: Date): readonly Story[] => [
  {
    name: 'win11-dev',
    state: 'running',
    os: 'Windows 11',
    cpus: 4,
    memoryGiB: 8,
    ageHours: 3.2,
    quirks: ['deaf'],
    snapshots: winTree(now),
    forwards: [forward(2222, 22), forward(33890, 3389)],
  },
  { name: 'kali-lab', state: 'paused', os: 'Kali 2026.3', snapshots: labTree(now) },
  { name: 'freebsd-14-router', state: 'running', os: 'FreeBSD 14', cpus: 1, memoryGiB: 1, ageHours: 410 },
  { name: 'opnsense-lab', state: 'working', os: 'OPNsense 26', nativeState: 'finish-migrate' },
  { name: 'oracle-19c-training', os: 'Oracle Linux 8', snapshots: courseTree(now), quirks: ['no-space'] },
  {
    name: 'thesis-2021',
    state: 'inaccessible',
    os: null,
    nativeState: 'unreadable',
    remark: { key: 'mock.error.unreadable' },
  },
  {
    name: 'ubuntu-24.04-desktop',
    state: 'suspended',
    os: 'Ubuntu 24.04',
    snapshots: labTree(now),
    quirks: ['restore-fails'],
  },
  { name: 'win10-legacy-ie', state: 'crashed', os: 'Windows 10', quirks: ['drive-gone'] },
  {
    name: 'alpine-router',
    state: 'running',
    os: 'Alpine 3.22',
    cpus: 1,
    memoryGiB: 0.25,
    forwards: [forward(2223, 22), forward(8081, 80)],
  },
  { name: 'arm64-kernel-test', state: 'starting', os: 'Linux 6.18', arch: 'aarch64' },
  { name: 'haiku-beta5', state: 'unknown', os: 'Haiku', nativeState: 'colo' },
  { name: 'riscv-fedora-42', os: 'Fedora 42', arch: 'riscv64', withheld: { snapshot: rawDisk, restore: rawDisk } },
  { name: '실습용 우분투 서버', state: 'running', os: 'Ubuntu 24.04', snapshots: chainTree(now) },
  { name: '운영체제 수업 3주차 실습용 우분투 서버 (지우지 말 것)', state: 'running', os: 'Ubuntu 24.04' },
  { name: 'خادم الاختبار القديم', state: 'suspended', os: 'Debian 12' },
  { name: 'two\nlines and a\ttab', os: 'Debian 13' },
  { name: '--help "quoted" \'name\', with {uuid} and ../..', os: 'Debian 13' },
  { name: 'debian-13-desktop', state: 'stopping', os: 'Debian 13' },
  { name: 'windows-server-2025', state: 'suspending', os: 'Windows Server 2025' },
  { name: 'macos-15-test', state: 'restoring', os: 'macOS 15', withheld: { suspend: tpm } },
  { name: 'k3s-server', state: 'running', os: 'Debian 13', place: 'build-box', ageHours: 290 },
  { name: 'k3s-agent-1', state: 'running', os: 'Debian 13', place: 'build-box', ageHours: 290 },
  { name: 'ad-domain-controller', os: 'Windows Server 2025', place: 'build-box' },
]

const containers = (now: Date): readonly Story[] => [
  { name: 'web-api', state: 'running', os: 'node:22', forwards: [forward(3000, 80)], volumes: ['build-cache'] },
  { name: 'postgres-16', state: 'running', os: 'postgres:16', volumes: ['postgres-data'], snapshots: labTree(now) },
  { name: 'redis-cache', state: 'running', os: 'redis:8' },
  { name: 'mailpit', os: 'mailpit:1.22', remark: { key: 'mock.remark.exit', params: { code: 0 } } },
  { name: 'grafana-observability-stack-with-every-dashboard-enabled-1', state: 'running', os: 'grafana:12' },
  { name: 'distroless-proxy', state: 'running', os: 'envoy:distroless', quirks: ['no-shell'] },
  {
    name: 'worker-3',
    state: 'crashed',
    os: 'acme/worker:418',
    remark: { key: 'mock.remark.exit', params: { code: 137 } },
  },
  { name: 'batch-nightly', state: 'paused', os: 'python:3.14' },
  { name: 'cron-every-minute', state: 'running', os: 'alpine:3.22', quirks: ['restless'] },
  { name: '', os: 'alpine:3.22' },
  { name: 'ci-runner-1', state: 'running', os: 'runner:2.3', place: 'build-box', quirks: ['deaf'] },
  { name: 'ci-runner-2', state: 'running', os: 'runner:2.3', place: 'build-box' },
  { name: 'registry', state: 'running', os: 'registry:3', place: 'build-box', volumes: ['registry'] },
]

/** The machines with a story, then as many ordinary ones as it takes to have `count`. */
export function seedMachines(
  kind: 'vm' | 'container',
  providerId: string,
  context: ProviderContext,
  count: number,
): readonly MockMachine[] {
  const now = context.host.now()
  const stories = kind === 'vm' ? vms(now) : containers(now)
  const filler = Array.from({ length: Math.max(0, count - stories.length) }, (_, index) => ordinary(kind, index))
  return [...stories, ...filler].map((story, index) => toMachine(story, kind, providerId, index, now))
}

function ordinary(kind: 'vm' | 'container', index: number): Story {
  const system = kind === 'vm' ? 'Debian 13' : `acme/billing:${400 + (index % 30)}`
  // Most run, some are stopped, every other state turns up now and then.
  const state =
    index % 23 === 0 ? steadyStates[(index / 23) % steadyStates.length] : index % 4 === 0 ? 'stopped' : 'running'
  return { name: `acme-${kind === 'vm' ? 'vm' : 'billing'}-${index + 1}`, state: state ?? 'stopped', os: system }
}

function toMachine(story: Story, kind: 'vm' | 'container', providerId: string, index: number, now: Date): MockMachine {
  const place = story.place ?? (kind === 'vm' ? 'local' : 'default')
  const key = createHash('sha256').update(`${kind}/${place}/${story.name}`).digest('hex').slice(0, 12)
  const state = story.state ?? 'stopped'
  const isLost = story.quirks?.includes('drive-gone') === true
  const isUp = state === 'running' || state === 'paused'
  const cpus = kind === 'vm' ? (story.cpus ?? 2) : null
  const memoryBytes = kind === 'vm' ? (story.memoryGiB ?? 4) * GiB : null
  const ageMs = (story.ageHours ?? 1 + (index % 40)) * 3_600_000
  const snapshots = story.snapshots ?? []
  const forwards = story.forwards ?? []
  const kept = snapshots.find((one) => one.keptForUndo)
  const back = snapshots.find((one) => one.id === currentOf(snapshots))
  return {
    machine: {
      id: machineId(providerId, `${place}/${key}`),
      endpointId: `${providerId}:${place}` as EndpointId,
      kind,
      name: story.name,
      state,
      nativeState: story.nativeState ?? (kind === 'container' && state === 'stopped' ? 'exited' : state),
      os: story.os,
      arch: state === 'inaccessible' ? null : (story.arch ?? 'x86_64'),
      cpus,
      memoryBytes,
      since: state === 'inaccessible' ? null : new Date(now.getTime() - ageMs).toISOString(),
      addresses: isUp ? [kind === 'vm' ? `192.168.64.${10 + (index % 240)}` : `172.18.0.${2 + (index % 250)}`] : [],
      withheld: story.withheld ?? {},
      remark: story.remark ?? null,
      needsHelp: isLost,
      lostFile: isLost ? { kind: 'disk', path: drivePath(story.name) } : null,
    },
    quirks: story.quirks ?? [],
    files: new Map([['readme', `This is ${story.name.split('\n')[0]}.`]]),
    saved: snapshots.map((snapshot) => ({
      snapshot,
      files: new Map([['readme', `As it was at “${snapshot.name}”.`]]),
      running: snapshot.hasMemory === true,
    })),
    currentId: currentOf(snapshots),
    restores:
      kept === undefined || back === undefined
        ? []
        : [
            {
              id: `restore-${key}`,
              direction: 'restored',
              state: 'done',
              snapshotId: back.id,
              snapshotName: back.name,
              keptId: kept.id,
              keptAt: kept.createdAt ?? now.toISOString(),
              keptBytes: kept.sizeBytes,
            },
          ],
    diskBytes: kind === 'vm' ? 64 * GB : 430 * MB,
    forwards,
    volumes: story.volumes ?? [],
    settings:
      cpus === null || memoryBytes === null
        ? { restart: 'unless-stopped' }
        : { cpus, memoryBytes, isoPath: null, network: { mode: 'user', forwards: [...forwards] } },
    linkedTo: null,
  }
}

/** The trees are written so that the present came from the snapshot whose id ends in `now`, else from the last one. */
function currentOf(snapshots: readonly Snapshot[]): string | null {
  return (snapshots.find((one) => one.id.endsWith('-now')) ?? snapshots.at(-1))?.id ?? null
}
