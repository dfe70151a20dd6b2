import { describe, expect, it } from 'vitest'
import { MiB } from '../../../../app/domain/units.ts'
import { scanCodes, screenshot } from '../../../../main/providers/virtualbox/control-commands.ts'
import * as machines from '../../../../main/providers/virtualbox/machine-commands.ts'
import * as moving from '../../../../main/providers/virtualbox/moving-commands.ts'
import * as snapshots from '../../../../main/providers/virtualbox/snapshot-commands.ts'

const uuid = '1427b5cb-2672-498f-b6f8-48c1c7fb0ca1'
const other = 'e1105b05-4fd2-487e-8ee1-4b3dd151f86d'
const hostile = '--help "x"\n{uuid}'
const forward = { protocol: 'tcp', hostAddress: '127.0.0.1', hostPort: 2222, guestPort: 22 } as const

describe('argument lists of VBoxManage', () => {
  it.for<readonly [string, readonly string[], readonly string[]]>([
    [
      'createMachine',
      machines.createMachine({ uuid, name: hostile, osType: 'Debian_64', arch: 'x86_64' }),
      ['createvm', '--name', hostile, '--uuid', uuid, '--ostype', 'Debian_64', '--default', '--register'],
    ],
    [
      'createMachine for ARM',
      machines.createMachine({ uuid, name: 'arm', osType: 'Debian_arm64', arch: 'aarch64' }),
      [
        ...['createvm', '--name', 'arm', '--uuid', uuid, '--ostype', 'Debian_arm64'],
        ...['--platform-architecture', 'arm', '--default', '--register'],
      ],
    ],
    [
      'modify all',
      machines.modify(uuid, {
        cpus: 2,
        memoryBytes: 1.5 * MiB,
        firmware: 'uefi',
        graphics: 'vmsvga',
        serialPath: '/tmp/a b.sock',
      }),
      [
        ...['modifyvm', uuid, '--cpus', '2', '--ioapic', 'on', '--memory', '2', '--firmware', 'efi'],
        ...['--graphicscontroller', 'vmsvga', '--uart1', '0x3F8', '4', '--uartmode1', 'server', '/tmp/a b.sock'],
      ],
    ],
    ['modify one', machines.modify(uuid, { cpus: 1 }), ['modifyvm', uuid, '--cpus', '1']],
    ['no serial port', machines.modify(uuid, { serialPath: null }), ['modifyvm', uuid, '--uart1', 'off']],
    [
      'bootOrder',
      machines.bootOrder(uuid),
      ['modifyvm', uuid, '--boot1', 'disk', '--boot2', 'dvd', '--boot3', 'none', '--boot4', 'none'],
    ],
    ['rename', machines.rename(uuid, hostile), ['modifyvm', uuid, '--name', hostile]],
    ['network', machines.network(uuid, 'user'), ['modifyvm', uuid, '--nic1', 'nat']],
    ['no network', machines.network(uuid, 'none'), ['modifyvm', uuid, '--nic1', 'none']],
    [
      'addForward while off',
      machines.addForward(uuid, forward, false),
      ['modifyvm', uuid, '--natpf1', 'berth-tcp-127.0.0.1-2222,tcp,127.0.0.1,2222,,22'],
    ],
    [
      'addForward while on, to every address',
      machines.addForward(uuid, { ...forward, protocol: 'udp', hostAddress: '' }, true),
      ['controlvm', uuid, 'natpf1', 'berth-udp-any-2222,udp,,2222,,22'],
    ],
    ['removeForward', machines.removeForward(uuid, 'ssh', false), ['modifyvm', uuid, '--natpf1', 'delete', 'ssh']],
    [
      'removeForward while on',
      machines.removeForward(uuid, 'ssh', true),
      ['controlvm', uuid, 'natpf1', 'delete', 'ssh'],
    ],
    [
      'createDisk, in whole sectors',
      machines.createDisk('/vms/x/disk.vdi', 1000),
      ['createmedium', 'disk', '--filename', '/vms/x/disk.vdi', '--sizebyte', '1024', '--format', 'VDI'],
    ],
    [
      'copyDisk',
      machines.copyDisk('/a.vmdk', 'vmdk', '/b.vdi'),
      ['clonemedium', 'disk', '/a.vmdk', '/b.vdi', '--format', 'VDI'],
    ],
    [
      'copyDisk of a raw one',
      machines.copyDisk('/a.img', 'raw', '/b.vdi'),
      ['convertfromraw', '/a.img', '/b.vdi', '--format', 'VDI'],
    ],
    ['resizeDisk', machines.resizeDisk(other, 4096), ['modifymedium', 'disk', other, '--resizebyte', '4096']],
    [
      'addController',
      machines.addController(uuid, 'SATA', 'sata'),
      ['storagectl', uuid, '--name', 'SATA', '--add', 'sata', '--portcount', '2'],
    ],
    [
      'growController',
      machines.growController(uuid, 'SATA', 2),
      ['storagectl', uuid, '--name', 'SATA', '--portcount', '2'],
    ],
    [
      'attach',
      machines.attach(uuid, { controller: 'IDE', port: 1, device: 0 }, 'dvddrive', 'emptydrive'),
      [
        ...['storageattach', uuid, '--storagectl', 'IDE', '--port', '1', '--device', '0'],
        ...['--type', 'dvddrive', '--medium', 'emptydrive'],
      ],
    ],
    [
      'clone',
      machines.clone({ from: uuid, uuid: other, name: hostile, snapshotId: null, isLinked: false }),
      ['clonevm', uuid, '--name', hostile, '--uuid', other, '--mode', 'machine', '--register'],
    ],
    [
      'linked clone',
      machines.clone({ from: uuid, uuid: other, name: 'x', snapshotId: other, isLinked: true }),
      [
        ...['clonevm', uuid, '--name', 'x', '--uuid', other, '--mode', 'machine'],
        ...['--snapshot', other, '--options', 'link', '--register'],
      ],
    ],
    ['osTypes', machines.osTypes(), ['list', 'ostypes']],
    [
      'takeSnapshot',
      snapshots.takeSnapshot(uuid, hostile, 'VMState="running"'),
      ['snapshot', uuid, 'take', hostile, '--description=VMState="running"'],
    ],
    ['takeSnapshot without words', snapshots.takeSnapshot(uuid, 'x', ''), ['snapshot', uuid, 'take', 'x']],
    [
      'editSnapshot',
      snapshots.editSnapshot(uuid, other, { name: hostile, description: '' }),
      ['snapshot', uuid, 'edit', other, `--name=${hostile}`, '--description='],
    ],
    ['deleteSnapshot', snapshots.deleteSnapshot(uuid, other), ['snapshot', uuid, 'delete', other]],
    ['restoreSnapshot', snapshots.restoreSnapshot(uuid, other), ['snapshot', uuid, 'restore', other]],
    [
      'exportMachine',
      moving.exportMachine(uuid, '/tmp/x.ova', 'ovf20'),
      ['export', uuid, '--output', '/tmp/x.ova', '--ovf20', '--options', 'manifest'],
    ],
    ['inspectFile', moving.inspectFile('/tmp/x.ova'), ['import', '/tmp/x.ova', '--dry-run']],
    [
      'importMachine',
      moving.importMachine('/tmp/x.ova', { name: hostile, settingsPath: '/vms/x/x.vbox' }),
      [
        ...['import', '/tmp/x.ova', '--options', 'importtovdi', '--vsys', '0', '--vmname', hostile],
        ...['--settingsfile', '/vms/x/x.vbox'],
      ],
    ],
    ['screenshot', screenshot(uuid, '/tmp/s.png'), ['controlvm', uuid, 'screenshotpng', '/tmp/s.png']],
    ['scanCodes', scanCodes(uuid, [0x1c, 0xe0, 0x9]), ['controlvm', uuid, 'keyboardputscancode', '1c', 'e0', '09']],
  ])('%s', ([, given, whole]) => {
    expect(given).toEqual(whole)
  })
})
