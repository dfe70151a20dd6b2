import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { restingWord } from '../../../../main/providers/virtualbox/entry.ts'
import { archOf, osName } from '../../../../main/providers/virtualbox/machine.ts'
import { parseRegistry, settingsHome } from '../../../../main/providers/virtualbox/registry.ts'
import { wantsLiveScreen } from '../../../../main/providers/virtualbox/remote-display.ts'
import { parseSettings, type Settings } from '../../../../main/providers/virtualbox/settings-file.ts'
import { parseXml } from '../../../../main/providers/virtualbox/xml.ts'

const folder = join(import.meta.dirname, '../../../fixtures/cli/virtualbox/files')
const text = (name: string): string => readFileSync(join(folder, name), 'utf8')
const tree = (): Promise<Settings> => parseSettings(text('tree.vbox'), '/machines/x/x.vbox')

describe('a machine’s settings file', () => {
  it('gives names and descriptions as they were typed', async () => {
    expect(await tree()).toMatchObject({
      uuid: 'b2660ce6-f2ec-480a-924c-c176c7128229',
      name: 'He said "hi" {11111111-0000-4000-8000-000000000000}\n\t<x> &amp; 한글 ',
      description: 'two lines\nVMState="running"',
      osType: 'Debian12_64',
      groups: ['/servers/db', '/mine'],
      snapshotFolder: '/machines/x/Snapshots',
      logFolder: '/machines/x/Logs',
      stateFile: null,
      isAborted: false,
      lastStateChange: '2026-11-25T22:50:01.000Z',
    })
  })

  it('gives the present hardware, not that of a snapshot', async () => {
    const { hardware, snapshots } = await tree()
    expect(hardware).toMatchObject({
      architecture: 'x86',
      cpus: 3,
      memoryBytes: 4096 * 1024 * 1024,
      firmware: 'efi',
      chipset: 'ICH9',
      graphicsController: 'VMSVGA',
      videoMemoryBytes: 32 * 1024 * 1024,
      remoteDisplay: { isEnabled: true, ports: '5000-5010', address: '127.0.0.1' },
    })
    expect(snapshots[0]?.hardware.memoryBytes).toBe(2048 * 1024 * 1024)
  })

  it('gives who serves its remote display, and notes that programs made', async () => {
    const xml = text('tree.vbox')
      .replaceAll('<RemoteDisplay ', '<RemoteDisplay VRDEExtPack="VNC" ')
      .replace(
        /^ {4}<Hardware>/m,
        '<ExtraData><ExtraDataItem name="Berth/LiveScreen" value="vnc"/><ExtraDataItem name="GUI/Last" value=""/></ExtraData><Hardware>',
      )
    const { hardware, notes } = await parseSettings(xml, '/machines/x/x.vbox')
    expect(hardware.remoteDisplay).toMatchObject({ extension: 'VNC' })
    expect([...notes]).toContainEqual(['Berth/LiveScreen', 'vnc'])
    expect(wantsLiveScreen({ hardware, notes })).toBe(true)
    expect(wantsLiveScreen({ ...(await tree()), notes })).toBe(false)
    expect(wantsLiveScreen({ hardware, notes: new Map() })).toBe(false)
  })

  it('gives only network adapters that are there, and what they are attached to now', async () => {
    expect((await tree()).hardware.networks).toMatchObject([
      {
        slot: 0,
        mode: 'nat',
        network: null,
        isConnected: true,
        forwards: [
          { name: 'dns', protocol: 'udp', hostAddress: '', hostPort: 5353, guestAddress: '10.0.2.15', guestPort: 53 },
          { name: 'ssh', protocol: 'tcp', hostAddress: '127.0.0.1', hostPort: 2222, guestAddress: '', guestPort: 22 },
        ],
      },
      { slot: 1, mode: 'internal', network: 'lab net', isConnected: false },
      { slot: 2, mode: 'bridged', network: 'eth0' },
    ])
  })

  it('gives serial ports, controllers and what is in them', async () => {
    const { hardware } = await tree()
    expect(hardware.serialPorts).toEqual([
      { slot: 0, ioBase: 0x3f8, irq: 4, mode: 'pipe', isServer: true, path: '/tmp/berth-vbox/demo/a socket' },
      { slot: 1, ioBase: 0x2f8, irq: 3, mode: 'tcp', isServer: true, path: '4555' },
    ])
    expect(hardware.controllers).toEqual([
      {
        name: 'SATA "x"',
        type: 'AHCI',
        portCount: 4,
        devices: [
          {
            type: 'disk',
            port: 0,
            device: 0,
            mediumId: '69b29c9c-ae0f-4799-8b55-d80d7cda5096',
            hostDrive: null,
          },
          { type: 'dvd', port: 1, device: 0, mediumId: null, hostDrive: null },
        ],
      },
    ])
  })

  it('gives the snapshots as a tree, whatever they are called', async () => {
    const { snapshots, currentSnapshotId } = await tree()
    const byName = new Map(snapshots.map((one) => [one.name, one]))
    const base = byName.get('base "install"')
    expect([...byName.keys()].sort()).toEqual(['base "install"', 'branch', 'second'])
    expect(base).toMatchObject({
      parentId: null,
      description: 'first\nVMState="running"\nCurrentSnapshotName="x"',
      takenAt: '2026-11-25T22:50:01.000Z',
      stateFile: null,
    })
    expect(byName.get('second')?.parentId).toBe(base?.uuid)
    expect(byName.get('branch')?.parentId).toBe(base?.uuid)
    expect(currentSnapshotId).toBe(byName.get('branch')?.uuid)
  })

  it('gives its media, with what each stands on', async () => {
    const { media } = await tree()
    const base = media.find(({ parentId }) => parentId === null)
    expect(base).toMatchObject({ kind: 'disk', path: '/tmp/berth-vbox/demo/disk one.vdi', format: 'VDI' })
    expect(media).toHaveLength(4)
    expect(media.filter(({ parentId }) => parentId === base?.uuid)).toHaveLength(2)
    for (const { path, parentId } of media) if (parentId !== null) expect(path).toMatch(/^\/machines\/x\/Snapshots\//)
  })

  it('reads a chain of a thousand snapshots', async () => {
    const uuid = (index: number): string => `00000000-0000-4000-8000-${String(index).padStart(12, '0')}`
    const open = Array.from({ length: 900 }, (_, i) => `<Snapshot uuid="{${uuid(i + 1)}}" name="${i}"><Snapshots>`)
    const close = '</Snapshots></Snapshot>'.repeat(900)
    const whole = `<VirtualBox><Machine uuid="{${uuid(9999)}}" name="deep">${open.join('')}${close}</Machine></VirtualBox>`
    const { snapshots } = await parseSettings(whole, '/m/m.vbox')
    expect(snapshots).toHaveLength(900)
    expect(snapshots.at(-1)?.parentId).toBe(uuid(899))
  })

  it('refuses a file that is cut short anywhere', async () => {
    const whole = text('small.vbox')
    for (let length = whole.trimEnd().length - 1; length > 0; length -= 97) {
      await expect(parseSettings(whole.slice(0, length), '/m/m.vbox')).rejects.toThrow()
    }
    await expect(parseXml('')).rejects.toThrow()
    await expect(parseSettings('<VirtualBox/>', '/m/m.vbox')).rejects.toThrow()
  })

  it('reads what an encrypted machine tells', async () => {
    const text =
      '<VirtualBox><MachineEncrypted uuid="{b2660ce6-f2ec-480a-924c-c176c7128229}" name="secret"/></VirtualBox>'
    expect(await parseSettings(text, '/m/m.vbox')).toMatchObject({ name: 'secret', snapshots: [], stateFile: null })
  })

  it('tells at what rest a machine is', () => {
    const rest = { stateFile: null, isAborted: false, wasTeleported: false }
    expect(restingWord(rest)).toBe('poweroff')
    expect(restingWord({ ...rest, isAborted: true })).toBe('aborted')
    expect(restingWord({ ...rest, stateFile: '/x.sav' })).toBe('saved')
    expect(restingWord({ ...rest, stateFile: '/x.sav', isAborted: true })).toBe('aborted-saved')
    expect(restingWord({ ...rest, wasTeleported: true })).toBe('teleported')
  })

  it('writes VirtualBox’s word for a system as a person would', async () => {
    expect(osName('Debian12_64')).toBe('Debian 12 (64-bit)')
    expect(osName('Windows11_64')).toBe('Windows 11 (64-bit)')
    expect(osName('Ubuntu24_LTS_64')).toBe('Ubuntu 24 LTS (64-bit)')
    expect(osName('Debian_arm64')).toBe('Debian (ARM 64-bit)')
    expect(osName('Other')).toBe('Other')
    expect(archOf('Debian12_64', (await tree()).hardware)).toBe('x86_64')
    expect(archOf('Other', (await tree()).hardware)).toBe('i386')
  })
})

describe('the registry', () => {
  it('says where each machine is, and where new ones go', async () => {
    const registry = await parseRegistry(text('VirtualBox.xml'), '/home')
    expect([...registry.machines.keys()]).toEqual(['b2660ce6-f2ec-480a-924c-c176c7128229'])
    expect([...registry.machines.values()][0]).toMatch(/^\/tmp\/berth-vbox\/demo\/machines\/.*한글_\.vbox$/)
    expect(registry.machineFolder).toBe('/tmp/berth-vbox/demo/machines')
  })

  it('is in the folder that VirtualBox itself would use', () => {
    expect(settingsHome('linux', { VBOX_USER_HOME: '/elsewhere' })).toBe('/elsewhere')
    expect(settingsHome('linux', { XDG_CONFIG_HOME: '/config' })).toBe('/config/VirtualBox')
    expect(settingsHome('linux', {})).toMatch(/\/\.config\/VirtualBox$/)
    expect(settingsHome('darwin', {})).toMatch(/\/Library\/VirtualBox$/)
    expect(settingsHome('win32', {})).toMatch(/\.VirtualBox$/)
  })
})
