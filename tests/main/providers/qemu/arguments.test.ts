import { expect, it } from 'vitest'
import type { DiskFormat } from '../../../../app/domain/spec.ts'
import { GiB, MiB } from '../../../../app/domain/units.ts'
import type { Layer } from '../../../../main/images/chain.ts'
import { type Launch, qemuArguments } from '../../../../main/providers/qemu/commands.ts'
import type { Definition, Disk } from '../../../../main/providers/qemu/definitions.ts'
import { aloneImage } from '../../../../main/providers/qemu/disk-chains.ts'
import { layoutOf } from '../../../../main/providers/qemu/layout.ts'

const uuid = '11111111-2222-4333-8444-555555555555'
const layout = layoutOf('/data', '/run')
const folder = layout.machine(uuid)

const diskOf = (file: string, format: DiskFormat): Disk => ({ file, format, sizeBytes: GiB, allowed: null })

const definition: Definition = {
  version: 1,
  uuid,
  name: 'web',
  createdAt: '2026-01-01T00:00:00Z',
  arch: 'x86_64',
  machine: 'pc-q35-7.2',
  cpus: 2,
  memoryBytes: 512 * MiB,
  disks: [diskOf('disk0.qcow2', 'qcow2')],
  isoPath: null,
  network: { mode: 'user', forwards: [] },
  mac: '52:54:00:01:02:03',
  firmware: { kind: 'bios' },
  graphics: 'none',
  bases: [],
}

/** One argument and its value a line, with the socket's names, which are hashes, by what they are for. */
function argumentsOf(change: Partial<Definition>, launch: Partial<Launch> = {}): string {
  const made = { ...definition, ...change }
  const chains = made.disks.map(({ file, format }): readonly Layer[] => [
    aloneImage(file.startsWith('/') ? file : folder.file(file), format),
  ])
  const given = qemuArguments({
    definition: made,
    chains,
    folder,
    sockets: { qmp: '/run/m.qmp', serial: '/run/m.serial', vnc: '/run/m.vnc' },
    accelerator: { name: 'tcg', cpu: 'max' },
    incoming: false,
    ...launch,
  })
  return given.reduce((text, one) => (text === '' ? one : `${text}${one.startsWith('-') ? '\n' : ' '}${one}`), '')
}

it('starts a plain machine with BIOS, a qcow2 disk, a network and an empty drive', () => {
  expect(argumentsOf({})).toMatchInlineSnapshot(`
    "-name guest=web
    -uuid 11111111-2222-4333-8444-555555555555
    -machine pc-q35-7.2,graphics=off
    -accel tcg
    -cpu max
    -smp 2
    -m 512M
    -no-user-config
    -nodefaults
    -display none
    -S
    -boot strict=on
    -blockdev {"driver":"qcow2","backing":null,"discard":"unmap","file":{"driver":"file","filename":"/data/machines/11111111-2222-4333-8444-555555555555/disk0.qcow2","discard":"unmap"},"node-name":"disk0"}
    -device virtio-blk-pci,drive=disk0,id=blk0,bootindex=0
    -device ide-cd,id=cdrom0,bus=ide.0,bootindex=1
    -netdev user,id=net0
    -device virtio-net-pci,netdev=net0,id=nic0,mac=52:54:00:01:02:03,romfile=
    -chardev socket,id=serial0,path=/run/m.serial,server=on,wait=off,logfile=/data/machines/11111111-2222-4333-8444-555555555555/serial0.log,logappend=on
    -serial chardev:serial0
    -chardev socket,id=qmp0,path=/run/m.qmp,server=on,wait=off
    -mon chardev=qmp0,mode=control
    -pidfile /data/machines/11111111-2222-4333-8444-555555555555/qemu.pid"
  `)
})

it('gives UEFI firmware its code and its variables', () => {
  expect(
    argumentsOf({ firmware: { kind: 'uefi', codePath: '/usr/share/OVMF/code.fd', codeFormat: 'raw' } }),
  ).toMatchInlineSnapshot(`
    "-name guest=web
    -uuid 11111111-2222-4333-8444-555555555555
    -machine pc-q35-7.2,graphics=off,pflash0=code0,pflash1=vars0
    -accel tcg
    -cpu max
    -smp 2
    -m 512M
    -no-user-config
    -nodefaults
    -display none
    -S
    -boot strict=on
    -blockdev {"driver":"raw","node-name":"code0","read-only":true,"file":{"driver":"file","filename":"/usr/share/OVMF/code.fd"}}
    -blockdev {"driver":"qcow2","node-name":"vars0","backing":null,"file":{"driver":"file","filename":"/data/machines/11111111-2222-4333-8444-555555555555/vars.qcow2"}}
    -blockdev {"driver":"qcow2","backing":null,"discard":"unmap","file":{"driver":"file","filename":"/data/machines/11111111-2222-4333-8444-555555555555/disk0.qcow2","discard":"unmap"},"node-name":"disk0"}
    -device virtio-blk-pci,drive=disk0,id=blk0,bootindex=0
    -device ide-cd,id=cdrom0,bus=ide.0,bootindex=1
    -netdev user,id=net0
    -device virtio-net-pci,netdev=net0,id=nic0,mac=52:54:00:01:02:03,romfile=
    -chardev socket,id=serial0,path=/run/m.serial,server=on,wait=off,logfile=/data/machines/11111111-2222-4333-8444-555555555555/serial0.log,logappend=on
    -serial chardev:serial0
    -chardev socket,id=qmp0,path=/run/m.qmp,server=on,wait=off
    -mon chardev=qmp0,mode=control
    -pidfile /data/machines/11111111-2222-4333-8444-555555555555/qemu.pid"
  `)
})

it('opens a CD image read only, and it comes after the disk', () => {
  expect(argumentsOf({ isoPath: '/isos/debian, "12".iso' })).toMatchInlineSnapshot(`
    "-name guest=web
    -uuid 11111111-2222-4333-8444-555555555555
    -machine pc-q35-7.2,graphics=off
    -accel tcg
    -cpu max
    -smp 2
    -m 512M
    -no-user-config
    -nodefaults
    -display none
    -S
    -boot strict=on
    -blockdev {"driver":"qcow2","backing":null,"discard":"unmap","file":{"driver":"file","filename":"/data/machines/11111111-2222-4333-8444-555555555555/disk0.qcow2","discard":"unmap"},"node-name":"disk0"}
    -device virtio-blk-pci,drive=disk0,id=blk0,bootindex=0
    -blockdev {"driver":"raw","node-name":"cd0","read-only":true,"file":{"driver":"file","filename":"/isos/debian, \\"12\\".iso"}}
    -device ide-cd,id=cdrom0,bus=ide.0,drive=cd0,bootindex=1
    -netdev user,id=net0
    -device virtio-net-pci,netdev=net0,id=nic0,mac=52:54:00:01:02:03,romfile=
    -chardev socket,id=serial0,path=/run/m.serial,server=on,wait=off,logfile=/data/machines/11111111-2222-4333-8444-555555555555/serial0.log,logappend=on
    -serial chardev:serial0
    -chardev socket,id=qmp0,path=/run/m.qmp,server=on,wait=off
    -mon chardev=qmp0,mode=control
    -pidfile /data/machines/11111111-2222-4333-8444-555555555555/qemu.pid"
  `)
})

it('opens disks used in place in their format: raw and vmdk', () => {
  expect(
    argumentsOf({ disks: [diskOf('/images/a,b.img', 'raw'), diskOf('/images/old.vmdk', 'vmdk')] }),
  ).toMatchInlineSnapshot(`
    "-name guest=web
    -uuid 11111111-2222-4333-8444-555555555555
    -machine pc-q35-7.2,graphics=off
    -accel tcg
    -cpu max
    -smp 2
    -m 512M
    -no-user-config
    -nodefaults
    -display none
    -S
    -boot strict=on
    -blockdev {"driver":"raw","discard":"unmap","file":{"driver":"file","filename":"/images/a,b.img","discard":"unmap"},"node-name":"disk0"}
    -device virtio-blk-pci,drive=disk0,id=blk0,bootindex=0
    -blockdev {"driver":"vmdk","backing":null,"discard":"unmap","file":{"driver":"file","filename":"/images/old.vmdk","discard":"unmap"},"node-name":"disk1"}
    -device virtio-blk-pci,drive=disk1,id=blk1,bootindex=1
    -device ide-cd,id=cdrom0,bus=ide.0,bootindex=2
    -netdev user,id=net0
    -device virtio-net-pci,netdev=net0,id=nic0,mac=52:54:00:01:02:03,romfile=
    -chardev socket,id=serial0,path=/run/m.serial,server=on,wait=off,logfile=/data/machines/11111111-2222-4333-8444-555555555555/serial0.log,logappend=on
    -serial chardev:serial0
    -chardev socket,id=qmp0,path=/run/m.qmp,server=on,wait=off
    -mon chardev=qmp0,mode=control
    -pidfile /data/machines/11111111-2222-4333-8444-555555555555/qemu.pid"
  `)
})

it('names every file of a disk that is based on others', () => {
  const chains: readonly (readonly Layer[])[] = [
    [
      aloneImage(folder.file('disk0.qcow2'), 'qcow2'),
      aloneImage('/data/bases/b/base.qcow2', 'qcow2'),
      aloneImage('/images/root.img', 'raw'),
    ],
  ]
  expect(argumentsOf({ bases: ['b'] }, { chains })).toMatchInlineSnapshot(`
    "-name guest=web
    -uuid 11111111-2222-4333-8444-555555555555
    -machine pc-q35-7.2,graphics=off
    -accel tcg
    -cpu max
    -smp 2
    -m 512M
    -no-user-config
    -nodefaults
    -display none
    -S
    -boot strict=on
    -blockdev {"driver":"qcow2","backing":{"driver":"qcow2","file":{"driver":"file","filename":"/data/bases/b/base.qcow2"},"backing":{"driver":"raw","file":{"driver":"file","filename":"/images/root.img"}}},"discard":"unmap","file":{"driver":"file","filename":"/data/machines/11111111-2222-4333-8444-555555555555/disk0.qcow2","discard":"unmap"},"node-name":"disk0"}
    -device virtio-blk-pci,drive=disk0,id=blk0,bootindex=0
    -device ide-cd,id=cdrom0,bus=ide.0,bootindex=1
    -netdev user,id=net0
    -device virtio-net-pci,netdev=net0,id=nic0,mac=52:54:00:01:02:03,romfile=
    -chardev socket,id=serial0,path=/run/m.serial,server=on,wait=off,logfile=/data/machines/11111111-2222-4333-8444-555555555555/serial0.log,logappend=on
    -serial chardev:serial0
    -chardev socket,id=qmp0,path=/run/m.qmp,server=on,wait=off
    -mon chardev=qmp0,mode=control
    -pidfile /data/machines/11111111-2222-4333-8444-555555555555/qemu.pid"
  `)
})

it('puts forwarded ports into the network’s own argument', () => {
  expect(
    argumentsOf({
      network: {
        mode: 'user',
        forwards: [
          { protocol: 'tcp', hostAddress: '127.0.0.1', hostPort: 2222, guestPort: 22 },
          { protocol: 'udp', hostAddress: '', hostPort: 5353, guestPort: 53 },
        ],
      },
    }),
  ).toMatchInlineSnapshot(`
    "-name guest=web
    -uuid 11111111-2222-4333-8444-555555555555
    -machine pc-q35-7.2,graphics=off
    -accel tcg
    -cpu max
    -smp 2
    -m 512M
    -no-user-config
    -nodefaults
    -display none
    -S
    -boot strict=on
    -blockdev {"driver":"qcow2","backing":null,"discard":"unmap","file":{"driver":"file","filename":"/data/machines/11111111-2222-4333-8444-555555555555/disk0.qcow2","discard":"unmap"},"node-name":"disk0"}
    -device virtio-blk-pci,drive=disk0,id=blk0,bootindex=0
    -device ide-cd,id=cdrom0,bus=ide.0,bootindex=1
    -netdev user,id=net0,hostfwd=tcp:127.0.0.1:2222-:22,hostfwd=udp::5353-:53
    -device virtio-net-pci,netdev=net0,id=nic0,mac=52:54:00:01:02:03,romfile=
    -chardev socket,id=serial0,path=/run/m.serial,server=on,wait=off,logfile=/data/machines/11111111-2222-4333-8444-555555555555/serial0.log,logappend=on
    -serial chardev:serial0
    -chardev socket,id=qmp0,path=/run/m.qmp,server=on,wait=off
    -mon chardev=qmp0,mode=control
    -pidfile /data/machines/11111111-2222-4333-8444-555555555555/qemu.pid"
  `)
})

it('plugs in no network card without a network', () => {
  expect(argumentsOf({ network: { mode: 'none' } })).toMatchInlineSnapshot(`
    "-name guest=web
    -uuid 11111111-2222-4333-8444-555555555555
    -machine pc-q35-7.2,graphics=off
    -accel tcg
    -cpu max
    -smp 2
    -m 512M
    -no-user-config
    -nodefaults
    -display none
    -S
    -boot strict=on
    -blockdev {"driver":"qcow2","backing":null,"discard":"unmap","file":{"driver":"file","filename":"/data/machines/11111111-2222-4333-8444-555555555555/disk0.qcow2","discard":"unmap"},"node-name":"disk0"}
    -device virtio-blk-pci,drive=disk0,id=blk0,bootindex=0
    -device ide-cd,id=cdrom0,bus=ide.0,bootindex=1
    -chardev socket,id=serial0,path=/run/m.serial,server=on,wait=off,logfile=/data/machines/11111111-2222-4333-8444-555555555555/serial0.log,logappend=on
    -serial chardev:serial0
    -chardev socket,id=qmp0,path=/run/m.qmp,server=on,wait=off
    -mon chardev=qmp0,mode=control
    -pidfile /data/machines/11111111-2222-4333-8444-555555555555/qemu.pid"
  `)
})

it('gives aarch64 its own machine, UEFI, and a drive on a controller of its own', () => {
  expect(
    argumentsOf({
      arch: 'aarch64',
      machine: null,
      firmware: { kind: 'uefi', codePath: '/usr/share/AAVMF/code.qcow2', codeFormat: 'qcow2' },
    }),
  ).toMatchInlineSnapshot(`
    "-name guest=web
    -uuid 11111111-2222-4333-8444-555555555555
    -machine virt,pflash0=code0,pflash1=vars0
    -accel tcg
    -cpu max
    -smp 2
    -m 512M
    -no-user-config
    -nodefaults
    -display none
    -S
    -boot strict=on
    -blockdev {"driver":"qcow2","node-name":"code0","read-only":true,"file":{"driver":"file","filename":"/usr/share/AAVMF/code.qcow2"}}
    -blockdev {"driver":"qcow2","node-name":"vars0","backing":null,"file":{"driver":"file","filename":"/data/machines/11111111-2222-4333-8444-555555555555/vars.qcow2"}}
    -blockdev {"driver":"qcow2","backing":null,"discard":"unmap","file":{"driver":"file","filename":"/data/machines/11111111-2222-4333-8444-555555555555/disk0.qcow2","discard":"unmap"},"node-name":"disk0"}
    -device virtio-blk-pci,drive=disk0,id=blk0,bootindex=0
    -device virtio-scsi-pci,id=scsi0
    -device scsi-cd,id=cdrom0,bus=scsi0.0,bootindex=1
    -netdev user,id=net0
    -device virtio-net-pci,netdev=net0,id=nic0,mac=52:54:00:01:02:03,romfile=
    -chardev socket,id=serial0,path=/run/m.serial,server=on,wait=off,logfile=/data/machines/11111111-2222-4333-8444-555555555555/serial0.log,logappend=on
    -serial chardev:serial0
    -chardev socket,id=qmp0,path=/run/m.qmp,server=on,wait=off
    -mon chardev=qmp0,mode=control
    -pidfile /data/machines/11111111-2222-4333-8444-555555555555/qemu.pid"
  `)
})

it('puts the devices of s390x on the channel bus, and memory that is no whole number of MiB is given in bytes', () => {
  expect(argumentsOf({ arch: 's390x', machine: null, memoryBytes: 512 * MiB + 4096 })).toMatchInlineSnapshot(`
    "-name guest=web
    -uuid 11111111-2222-4333-8444-555555555555
    -machine s390-ccw-virtio
    -accel tcg
    -cpu max
    -smp 2
    -m 536875008B
    -no-user-config
    -nodefaults
    -display none
    -S
    -boot strict=on
    -blockdev {"driver":"qcow2","backing":null,"discard":"unmap","file":{"driver":"file","filename":"/data/machines/11111111-2222-4333-8444-555555555555/disk0.qcow2","discard":"unmap"},"node-name":"disk0"}
    -device virtio-blk-ccw,drive=disk0,id=blk0,bootindex=0
    -device virtio-scsi-ccw,id=scsi0
    -device scsi-cd,id=cdrom0,bus=scsi0.0,bootindex=1
    -netdev user,id=net0
    -device virtio-net-ccw,netdev=net0,id=nic0,mac=52:54:00:01:02:03
    -chardev socket,id=serial0,path=/run/m.serial,server=on,wait=off,logfile=/data/machines/11111111-2222-4333-8444-555555555555/serial0.log,logappend=on
    -serial chardev:serial0
    -chardev socket,id=qmp0,path=/run/m.qmp,server=on,wait=off
    -mon chardev=qmp0,mode=control
    -pidfile /data/machines/11111111-2222-4333-8444-555555555555/qemu.pid"
  `)
})

it('makes a suspended machine wait for its memory, on the accelerator that it ran on', () => {
  expect(
    argumentsOf({ graphics: 'vga' }, { incoming: true, accelerator: { name: 'kvm', cpu: 'host' } }),
  ).toMatchInlineSnapshot(`
    "-name guest=web
    -uuid 11111111-2222-4333-8444-555555555555
    -machine pc-q35-7.2,graphics=off
    -accel kvm
    -cpu host
    -smp 2
    -m 512M
    -no-user-config
    -nodefaults
    -display none
    -S
    -boot strict=on
    -blockdev {"driver":"qcow2","backing":null,"discard":"unmap","file":{"driver":"file","filename":"/data/machines/11111111-2222-4333-8444-555555555555/disk0.qcow2","discard":"unmap"},"node-name":"disk0"}
    -device virtio-blk-pci,drive=disk0,id=blk0,bootindex=0
    -device ide-cd,id=cdrom0,bus=ide.0,bootindex=1
    -netdev user,id=net0
    -device virtio-net-pci,netdev=net0,id=nic0,mac=52:54:00:01:02:03,romfile=
    -device VGA,id=video0
    -device qemu-xhci,id=usb0
    -device usb-tablet,id=tablet0,bus=usb0.0
    -vnc unix:/run/m.vnc,lock-key-sync=off
    -chardev socket,id=serial0,path=/run/m.serial,server=on,wait=off,logfile=/data/machines/11111111-2222-4333-8444-555555555555/serial0.log,logappend=on
    -serial chardev:serial0
    -chardev socket,id=qmp0,path=/run/m.qmp,server=on,wait=off
    -mon chardev=qmp0,mode=control
    -pidfile /data/machines/11111111-2222-4333-8444-555555555555/qemu.pid
    -incoming defer"
  `)
})

it('takes a hostile name as a name', () => {
  expect(argumentsOf({ name: 'a,debug-threads=on -S\n"' })).toContain('guest=a,,debug-threads=on -S\n"')
})
