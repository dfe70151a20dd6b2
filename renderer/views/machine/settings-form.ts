import type { ConfigureField, ConfigureSpec, MachineConfiguration } from '../../../app/domain/spec.ts'
import type { Text } from '../../../app/messages/text.ts'
import { portRows, readForwards } from '../create/forwards.ts'
import type { NetworkForm } from '../create/network-rows.tsx'
import { checkRange, createProblems, type Problems, readPorts } from '../create/problems.ts'
import { cores, disk, memory } from '../create/quantities.ts'

/** The settings form as typed. */
export interface SettingsForm extends NetworkForm {
  readonly cpus: number | null
  readonly memoryBytes: number | null
  readonly diskBytes: number | null
  readonly isoPath: string
  readonly restart: NonNullable<ConfigureSpec['restart']>
  readonly graphics: string | null
  readonly serialConsole: boolean
  readonly ownWindow: boolean
  readonly liveScreen: boolean
  /** Empty for none. */
  readonly sharedFolder: string
  readonly isSharedReadOnly: boolean
}

/** The form with the present values. */
export function settingsForm({ values }: MachineConfiguration): SettingsForm {
  const { network } = values
  return {
    cpus: values.cpus ?? null,
    memoryBytes: values.memoryBytes ?? null,
    diskBytes: values.diskBytes ?? null,
    isoPath: values.isoPath ?? '',
    network: network?.mode ?? 'user',
    ports: network?.mode === 'user' ? portRows(network.forwards) : [],
    hostPorts: network?.mode === 'user' ? (network.hostPorts ?? []).join(', ') : '',
    localNetwork: network?.mode === 'user' && network.localNetwork === true,
    restart: values.restart ?? 'no',
    graphics: values.graphics ?? null,
    serialConsole: values.serialConsole ?? false,
    ownWindow: values.ownWindow ?? false,
    liveScreen: values.liveScreen ?? false,
    sharedFolder: values.sharedFolder?.path ?? '',
    isSharedReadOnly: values.sharedFolder?.readOnly ?? true,
  }
}

/** What the form would change, field by field, and what is wrong with it. */
export function settingsChanges(
  form: SettingsForm,
  configuration: MachineConfiguration,
): { readonly changes: ConfigureSpec; readonly changed: readonly ConfigureField[]; readonly problems: Problems } {
  const { fields, limits } = configuration
  const before = settingsForm(configuration)
  const { add, all: problems } = createProblems()
  const has = (field: ConfigureField): boolean => fields.includes(field)
  const changes: { -readonly [F in ConfigureField]?: ConfigureSpec[F] } = {}

  if (has('cpus') && form.cpus !== null && form.cpus !== before.cpus) {
    if (limits.cpus !== undefined) checkRange(form.cpus, cores, limits.cpus, 'cpus', add)
    changes.cpus = form.cpus
  }
  if (has('memoryBytes') && form.memoryBytes !== null && form.memoryBytes !== before.memoryBytes) {
    if (limits.memoryBytes !== undefined) checkRange(form.memoryBytes, memory, limits.memoryBytes, 'memoryBytes', add)
    changes.memoryBytes = form.memoryBytes
  }
  if (has('diskBytes') && form.diskBytes !== null && form.diskBytes !== before.diskBytes) {
    const limit = limits.diskBytes
    if (limit !== undefined) {
      // Disks only grow: what it holds now is the least it can be.
      checkRange(form.diskBytes, disk, { ...limit, min: before.diskBytes ?? limit.min }, 'diskBytes', add)
    }
    changes.diskBytes = form.diskBytes
  }
  if (has('isoPath') && form.isoPath !== before.isoPath) changes.isoPath = form.isoPath === '' ? null : form.isoPath
  if (has('network')) {
    const after = networkOf(form, configuration, add)
    if (JSON.stringify(sorted(after)) !== JSON.stringify(sorted(configuration.values.network ?? after))) {
      changes.network = after
    }
  }
  if (has('restart') && form.restart !== before.restart) changes.restart = form.restart
  if (has('graphics') && form.graphics !== null && form.graphics !== before.graphics) changes.graphics = form.graphics
  if (has('serialConsole') && form.serialConsole !== before.serialConsole) changes.serialConsole = form.serialConsole
  if (has('ownWindow') && form.ownWindow !== before.ownWindow) changes.ownWindow = form.ownWindow
  if (has('liveScreen') && form.liveScreen !== before.liveScreen) changes.liveScreen = form.liveScreen
  const isSharedOtherwise =
    form.sharedFolder !== before.sharedFolder || form.isSharedReadOnly !== before.isSharedReadOnly
  if (has('sharedFolder') && isSharedOtherwise) {
    changes.sharedFolder =
      form.sharedFolder === '' ? null : { path: form.sharedFolder, readOnly: form.isSharedReadOnly }
  }
  return { changes, changed: Object.keys(changes) as ConfigureField[], problems }
}

type Network = NonNullable<ConfigureSpec['network']>

function networkOf(
  form: SettingsForm,
  configuration: MachineConfiguration,
  add: (field: string, text: Text) => void,
): Network {
  if (form.network === 'none') return { mode: 'none' }
  const isOwn = configuration.ownNetwork === true
  const forwards = readForwards(form.ports, add, { isHostPortOptional: isOwn }).map(({ hostPort, ...rest }) => ({
    ...rest,
    hostPort: hostPort ?? 0,
    hostAddress: addressOf(configuration, hostPort ?? 0),
  }))
  if (!isOwn) return { mode: 'user', forwards }
  const hostPorts = readPorts(form.hostPorts)
  if (hostPorts === null) add('hostPorts', { key: 'create.problem.ports' })
  return { mode: 'user', forwards, hostPorts: [...(hostPorts ?? [])], localNetwork: form.localNetwork }
}

/** A forward that was there keeps the address it listens on; a new one listens on this computer alone. */
function addressOf({ values: { network } }: MachineConfiguration, hostPort: number): string {
  const known = network?.mode === 'user' ? network.forwards.find((forward) => forward.hostPort === hostPort) : undefined
  return known?.hostAddress ?? '127.0.0.1'
}

function sorted(network: Network): unknown {
  if (network.mode === 'none') return network
  const { forwards, hostPorts = [], localNetwork = false } = network
  const ports = forwards.map(({ protocol, hostAddress, hostPort, guestPort }) => [
    protocol,
    hostAddress,
    hostPort,
    guestPort,
  ])
  return [ports, hostPorts, localNetwork]
}
