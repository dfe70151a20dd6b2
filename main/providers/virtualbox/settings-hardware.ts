import { MiB } from '../../../app/domain/units.ts'
import { attributeOf, childOf, childrenOf, type Element, flagOf, numberOf } from './xml.ts'

/** The hardware of a machine, or of a snapshot of it. What the file leaves out is as VirtualBox has it by default. */
export interface Hardware {
  readonly architecture: 'x86' | 'arm'
  readonly cpus: number
  readonly memoryBytes: number | null
  readonly firmware: 'bios' | 'efi'
  readonly chipset: string
  /** `VMSVGA`, `VBoxSVGA`, `VBoxVGA`, `None`. */
  readonly graphicsController: string
  readonly videoMemoryBytes: number | null
  readonly networks: readonly NetworkAdapter[]
  readonly serialPorts: readonly SerialPort[]
  readonly controllers: readonly StorageController[]
  readonly remoteDisplay: RemoteDisplay
}

/** Only adapters that are there. */
export interface NetworkAdapter {
  /** From 0; `--nic1` is slot 0. */
  readonly slot: number
  readonly mode:
    | 'nat'
    | 'natnetwork'
    | 'bridged'
    | 'hostonly'
    | 'hostonlynet'
    | 'internal'
    | 'generic'
    | 'cloud'
    | 'none'
  /** The network or interface it is attached to; null for plain NAT. */
  readonly network: string | null
  readonly macAddress: string | null
  /** `82540EM`, `virtio`. */
  readonly type: string
  readonly isConnected: boolean
  readonly forwards: readonly PortForward[]
  /** Forwards that are in the file and could not be read. */
  readonly unreadForwards: number
}

export interface PortForward {
  readonly name: string
  readonly protocol: 'tcp' | 'udp'
  /** Empty is every address of this computer. */
  readonly hostAddress: string
  readonly hostPort: number
  /** Empty is the guest's usual address. */
  readonly guestAddress: string
  readonly guestPort: number
}

/** Only ports that are there. */
export interface SerialPort {
  /** From 0; `--uart1` is slot 0. */
  readonly slot: number
  readonly ioBase: number | null
  readonly irq: number | null
  readonly mode: 'disconnected' | 'pipe' | 'device' | 'file' | 'tcp'
  /** Whether VirtualBox makes the pipe or listens, instead of connecting to one that is there. */
  readonly isServer: boolean
  /** A socket, pipe, device or file; for `tcp` a port, or `host:port`. */
  readonly path: string | null
}

export interface StorageController {
  readonly name: string
  /** `AHCI`, `PIIX4`, `VirtioSCSI`, `I82078` (floppies). */
  readonly type: string
  readonly portCount: number | null
  readonly devices: readonly AttachedDevice[]
}

export interface AttachedDevice {
  readonly type: 'disk' | 'dvd' | 'floppy'
  readonly port: number
  readonly device: number
  /** Of a medium; null for an empty drive and a drive of this computer. */
  readonly mediumId: string | null
  /** The drive of this computer that stands behind it; null otherwise. */
  readonly hostDrive: string | null
}

export interface RemoteDisplay {
  readonly isEnabled: boolean
  /** Which extension serves it, `VNC`; null is VirtualBox's own choice. */
  readonly extension: string | null
  /** One port or ranges, as it was set: `3389`, `5000-5010`; null when never set. */
  readonly ports: string | null
  readonly address: string | null
}

const attachments: Readonly<Record<string, NetworkAdapter['mode']>> = {
  NAT: 'nat',
  NATNetwork: 'natnetwork',
  BridgedInterface: 'bridged',
  HostOnlyInterface: 'hostonly',
  HostOnlyNetwork: 'hostonlynet',
  InternalNetwork: 'internal',
  GenericInterface: 'generic',
  CloudNetwork: 'cloud',
}

const serialModes: Readonly<Record<string, SerialPort['mode']>> = {
  HostPipe: 'pipe',
  HostDevice: 'device',
  RawFile: 'file',
  TCP: 'tcp',
}

const deviceTypes: Readonly<Record<string, AttachedDevice['type']>> = { HardDisk: 'disk', DVD: 'dvd', Floppy: 'floppy' }

/** Hardware of a `<Machine>` or a `<Snapshot>`. */
export function readHardware(owner: Element): Hardware {
  const hardware = childOf(owner, 'Hardware')
  const memory = numberOf(childOf(hardware, 'Memory'), 'RAMSize')
  const display = childOf(hardware, 'Display')
  const videoMemory = numberOf(display, 'VRAMSize')
  const platform = childOf(hardware, 'Platform')
  const architecture = attributeOf(platform, 'architecture') ?? ''
  const firmware = childOf(hardware, 'Firmware') ?? childOf(platform, 'Firmware')
  return {
    architecture: /arm/i.test(architecture) ? 'arm' : 'x86',
    cpus: numberOf(childOf(hardware, 'CPU'), 'count') ?? 1,
    memoryBytes: memory === null ? null : memory * MiB,
    firmware: /^EFI/i.test(attributeOf(firmware, 'type') ?? '') ? 'efi' : 'bios',
    chipset: attributeOf(childOf(hardware, 'Chipset') ?? childOf(platform, 'Chipset'), 'type') ?? 'PIIX3',
    graphicsController: attributeOf(display, 'controller') ?? 'VBoxVGA',
    videoMemoryBytes: videoMemory === null ? null : videoMemory * MiB,
    networks: childrenOf(childOf(hardware, 'Network'), 'Adapter').flatMap(networkOf),
    serialPorts: childrenOf(childOf(hardware, 'UART'), 'Port').flatMap(serialPortOf),
    // Before format 1.19 they stood beside the hardware.
    controllers: childrenOf(
      childOf(hardware, 'StorageControllers') ?? childOf(owner, 'StorageControllers'),
      'StorageController',
    ).map(controllerOf),
    remoteDisplay: remoteDisplayOf(childOf(hardware, 'RemoteDisplay')),
  }
}

function networkOf(adapter: Element): readonly NetworkAdapter[] {
  if (!flagOf(adapter, 'enabled')) return []
  // What it was attached to before stands in `DisabledModes`.
  const attached = adapter.children.find(({ name }) => Object.hasOwn(attachments, name)) ?? null
  const rules = childrenOf(attached, 'Forwarding').map(forwardOf)
  const forwards = rules.filter((rule) => rule !== null)
  return [
    {
      slot: numberOf(adapter, 'slot') ?? 0,
      mode: attachments[attached?.name ?? ''] ?? 'none',
      network: attributeOf(attached, 'name'),
      macAddress: attributeOf(adapter, 'MACAddress'),
      type: attributeOf(adapter, 'type') ?? '',
      isConnected: flagOf(adapter, 'cable', true),
      forwards,
      unreadForwards: rules.length - forwards.length,
    },
  ]
}

const protocols: Readonly<Record<string, PortForward['protocol']>> = { '0': 'udp', '1': 'tcp' }

/** null when it cannot be read. VirtualBox leaves a port out that is 0, and nobody can connect to that one. */
function forwardOf(rule: Element): PortForward | null {
  const [hostPort, guestPort] = [numberOf(rule, 'hostport'), numberOf(rule, 'guestport')]
  const protocol = protocols[attributeOf(rule, 'proto') ?? '1']
  if (!isPort(hostPort) || !isPort(guestPort) || protocol === undefined) return null
  return {
    name: attributeOf(rule, 'name') ?? '',
    protocol,
    hostAddress: attributeOf(rule, 'hostip') ?? '',
    hostPort,
    guestAddress: attributeOf(rule, 'guestip') ?? '',
    guestPort,
  }
}

function isPort(value: number | null): value is number {
  return value !== null && value > 0 && value <= 65_535
}

function serialPortOf(port: Element): readonly SerialPort[] {
  if (!flagOf(port, 'enabled')) return []
  const path = attributeOf(port, 'path')
  return [
    {
      slot: numberOf(port, 'slot') ?? 0,
      ioBase: numberOf(port, 'IOBase'),
      irq: numberOf(port, 'IRQ'),
      mode: serialModes[attributeOf(port, 'hostMode') ?? ''] ?? 'disconnected',
      isServer: flagOf(port, 'server'),
      path: path === '' ? null : path,
    },
  ]
}

function controllerOf(controller: Element): StorageController {
  return {
    name: attributeOf(controller, 'name') ?? '',
    type: attributeOf(controller, 'type') ?? '',
    portCount: numberOf(controller, 'PortCount'),
    devices: childrenOf(controller, 'AttachedDevice').flatMap((device): readonly AttachedDevice[] => {
      const type = deviceTypes[attributeOf(device, 'type') ?? '']
      if (type === undefined) return []
      const image = attributeOf(childOf(device, 'Image'), 'uuid')
      return [
        {
          type,
          port: numberOf(device, 'port') ?? 0,
          device: numberOf(device, 'device') ?? 0,
          mediumId: image === null ? null : image.replace(/[{}]/g, '').toLowerCase(),
          hostDrive: attributeOf(childOf(device, 'HostDrive'), 'src'),
        },
      ]
    }),
  }
}

function remoteDisplayOf(display: Element | null): RemoteDisplay {
  const property = (name: string): string | null => {
    const properties = childrenOf(childOf(display, 'VRDEProperties'), 'Property')
    return attributeOf(properties.find((one) => attributeOf(one, 'name') === name) ?? null, 'value')
  }
  return {
    isEnabled: flagOf(display, 'enabled'),
    extension: attributeOf(display, 'VRDEExtPack'),
    ports: property('TCP/Ports'),
    address: property('TCP/Address'),
  }
}
