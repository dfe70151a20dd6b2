import { MiB } from '../../../app/domain/units.ts'
import type { Layer } from '../../images/chain.ts'
import { type BlockOptions, blockOptions } from '../common/images/block-options.ts'
import { doubleCommas } from '../common/images/commands.ts'
import type { AcceleratorChoice } from './accelerator.ts'
import { architectureOf } from './architectures.ts'
import type { Definition } from './definitions.ts'
import { type Folder, type Sockets, varsFile } from './layout.ts'

/** All that a machine's command line depends on. */
export interface Launch {
  readonly definition: Definition
  /** What each disk is made of, in the definition's order. */
  readonly chains: readonly (readonly Layer[])[]
  readonly folder: Folder
  readonly sockets: Sockets
  readonly accelerator: AcceleratorChoice
  /** Waits for a suspended machine's memory instead of switching on. */
  readonly incoming: boolean
}

/**
 * The whole command line. Names and paths that a person chose are given as JSON, or with their commas doubled: nothing in
 * them is read as an option. The format of every image is given, and what it stands on, so that QEMU neither guesses from
 * what a guest wrote nor opens what a header names.
 */
export function qemuArguments(launch: Launch): readonly string[] {
  const { definition, folder, sockets, accelerator } = launch
  const architecture = architectureOf(definition.arch)
  return [
    ...['-name', `guest=${doubleCommas(definition.name)}`],
    ...['-uuid', definition.uuid],
    ...machineArguments(definition),
    ...['-accel', accelerator.name],
    ...(accelerator.cpu === null ? [] : ['-cpu', accelerator.cpu]),
    ...['-smp', String(definition.cpus)],
    ...['-m', memorySize(definition.memoryBytes)],
    ...['-no-user-config', '-nodefaults', '-display', 'none'],
    // Held until Berth has the line: the first thing a guest does is not missed, and a load finds it untouched.
    '-S',
    ...['-boot', 'strict=on'],
    ...firmwareArguments(definition, folder),
    ...definition.disks.flatMap((_disk, index) => [
      '-blockdev',
      JSON.stringify({
        ...diskOptions(launch.chains[index] ?? []),
        'node-name': `disk${index}`,
      }),
      '-device',
      `virtio-blk-${architecture.bus},drive=disk${index},id=blk${index},bootindex=${index}`,
    ]),
    ...cdArguments(definition),
    ...networkArguments(definition),
    ...graphicsArguments(definition, sockets),
    ...[
      '-chardev',
      `socket,id=serial0,path=${doubleCommas(sockets.serial)},server=on,wait=off,logfile=${doubleCommas(folder.serialLog)},logappend=on`,
    ],
    ...['-serial', 'chardev:serial0'],
    ...['-chardev', `socket,id=qmp0,path=${doubleCommas(sockets.qmp)},server=on,wait=off`],
    ...['-mon', 'chardev=qmp0,mode=control'],
    ...['-pidfile', folder.pid],
    ...(launch.incoming ? ['-incoming', 'defer'] : []),
  ]
}

function diskOptions(layers: readonly Layer[]): BlockOptions {
  const { file, ...options } = blockOptions(layers)
  return { ...options, discard: 'unmap', file: { ...(file as BlockOptions), discard: 'unmap' } }
}

function machineArguments(definition: Definition): readonly string[] {
  const { machine, talksOnSerial } = architectureOf(definition.arch)
  const parts = [
    ...(definition.machine === null && machine === null ? [] : [definition.machine ?? machine ?? '']),
    ...(talksOnSerial ? ['graphics=off'] : []),
    ...(definition.firmware.kind === 'uefi' ? ['pflash0=code0', 'pflash1=vars0'] : []),
  ]
  return parts.length === 0 ? [] : ['-machine', parts.join(',')]
}

function firmwareArguments(definition: Definition, folder: Folder): readonly string[] {
  const { firmware } = definition
  if (firmware.kind === 'bios') return []
  return [
    '-blockdev',
    JSON.stringify({
      driver: firmware.codeFormat,
      'node-name': 'code0',
      'read-only': true,
      file: { driver: 'file', filename: firmware.codePath },
    }),
    '-blockdev',
    JSON.stringify({
      driver: 'qcow2',
      'node-name': 'vars0',
      backing: null,
      file: { driver: 'file', filename: folder.file(varsFile) },
    }),
  ]
}

/** The drive is always there, so that putting a disc in or taking it out does not change the hardware. */
function cdArguments(definition: Definition): readonly string[] {
  const { cd, bus } = architectureOf(definition.arch)
  const drive = definition.isoPath === null ? '' : ',drive=cd0'
  const bootIndex = definition.disks.length
  return [
    ...(definition.isoPath === null
      ? []
      : [
          '-blockdev',
          JSON.stringify({
            driver: 'raw',
            'node-name': 'cd0',
            'read-only': true,
            file: { driver: 'file', filename: definition.isoPath },
          }),
        ]),
    ...(cd === 'ide'
      ? ['-device', `ide-cd,id=cdrom0,bus=ide.0${drive},bootindex=${bootIndex}`]
      : [
          ...['-device', `virtio-scsi-${bus},id=scsi0`],
          ...['-device', `scsi-cd,id=cdrom0,bus=scsi0.0${drive},bootindex=${bootIndex}`],
        ]),
  ]
}

function networkArguments(definition: Definition): readonly string[] {
  const { network, mac, arch } = definition
  if (network.mode === 'none') return []
  const { bus } = architectureOf(arch)
  const forwards = network.forwards.map(
    (forward) => `,hostfwd=${forward.protocol}:${forward.hostAddress}:${forward.hostPort}-:${forward.guestPort}`,
  )
  return [
    ...['-netdev', `user,id=net0${forwards.join('')}`],
    // No boot from the network: its ROM would only be in the way of the next boot device.
    ...['-device', `virtio-net-${bus},netdev=net0,id=nic0,mac=${mac}${bus === 'pci' ? ',romfile=' : ''}`],
  ]
}

/** QEMU's names of the graphics cards. Both begin as a VGA that every firmware and system knows. */
export const graphicsDevices = { vga: 'VGA', virtio: 'virtio-vga' } as const

/**
 * Keys come by their place, so nothing is to be guessed of locks. The tablet makes a pointer that can be put where it belongs;
 * until the guest has its driver, the mouse every PC has is moved.
 */
function graphicsArguments(definition: Definition, sockets: Sockets): readonly string[] {
  if (definition.graphics === 'none') return []
  return [
    ...['-device', `${graphicsDevices[definition.graphics]},id=video0`],
    ...['-device', 'qemu-xhci,id=usb0'],
    ...['-device', 'usb-tablet,id=tablet0,bus=usb0.0'],
    ...['-vnc', `unix:${doubleCommas(sockets.vnc)},lock-key-sync=off`],
  ]
}

function memorySize(bytes: number): string {
  return bytes % MiB === 0 ? `${bytes / MiB}M` : `${bytes}B`
}
