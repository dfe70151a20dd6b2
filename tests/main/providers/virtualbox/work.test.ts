import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { errorOf } from '../../../../app/domain/errors.ts'
import { guessOsType } from '../../../../app/domain/guess-os.ts'
import { checkForwards } from '../../../../main/providers/common/checks.ts'
import { createOsTypes, parseOsTypes } from '../../../../main/providers/virtualbox/create-options.ts'
import { type DiskUser, dependantsOf } from '../../../../main/providers/virtualbox/dependants.ts'
import { slotsIn } from '../../../../main/providers/virtualbox/disks.ts'
import { folderName } from '../../../../main/providers/virtualbox/making.ts'
import { borrowedMedia, withMedia } from '../../../../main/providers/virtualbox/media-registry.ts'
import { parseSummary } from '../../../../main/providers/virtualbox/moving.ts'
import { checkName, checkNewName, checkText } from '../../../../main/providers/virtualbox/naming.ts'
import { parseSettings } from '../../../../main/providers/virtualbox/settings-file.ts'
import { presentPath } from '../../../../main/providers/virtualbox/trash-store.ts'
import { op } from '../../../conformance/ground.ts'
import { recording, recordings } from './recordings.ts'

const fails = (work: () => void) => {
  try {
    work()
  } catch (thrown) {
    return errorOf(thrown)
  }
  return null
}

describe('the folder of a new machine', () => {
  const made = recordings
    .filter((name) => name.startsWith('createvm'))
    .flatMap((name) => {
      const { stdout, exitCode } = recording(name)
      const found = /^Virtual machine '([\s\S]*)' is created[\s\S]*\nSettings file: '([\s\S]*)'\n$/.exec(stdout)
      return exitCode === 0 && found !== null ? [[name, found[1] ?? '', found[2] ?? ''] as const] : []
    })

  it('has recordings to be compared with', () => expect(made.length).toBeGreaterThan(10))
  it.for(made)('is called as VirtualBox calls it: %s', ([, name, path]) => {
    expect(folderName(name)).toBe(basename(dirname(path)))
  })
})

describe('systems', () => {
  const types = parseOsTypes(recording('list-ostypes').stdout)

  it('reads both forms of the list', () => {
    const long = parseOsTypes(recording('empty-list-ostypes-sorted-long').stdout)
    expect(types.length).toBeGreaterThan(100)
    expect([...long].map(({ id }) => id).sort()).toEqual([...types].map(({ id }) => id).sort())
    expect(types).toContainEqual({ id: 'Debian12_64', label: 'Debian 12 Bookworm (64-bit)', arch: 'x86_64' })
    expect(types).toContainEqual({ id: 'Debian12_arm64', label: 'Debian 12 Bookworm (ARM 64-bit)', arch: 'aarch64' })
  })

  it('are asked for once, until VirtualBox is another, and again when it did not say', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'berth-types-'))
    const file = join(folder, 'VBoxManage')
    await writeFile(file, 'one')
    let asked = 0
    const systems = createOsTypes({
      file: async () => file,
      run: async () => {
        asked += 1
        if (asked === 1) throw new Error('VirtualBox’s server is away')
        return recording('list-ostypes').stdout
      },
    })
    await expect(systems(op())).rejects.toThrow('away')
    expect(await systems(op())).toEqual(types)
    expect(await systems(op())).toEqual(types)
    expect(asked).toBe(2)
    await writeFile(file, 'another')
    await systems(op())
    expect(asked).toBe(3)
    await rm(folder, { recursive: true })
  })

  it.for([
    ['debian-12.5.0-amd64-netinst.iso', 'Debian12_64'],
    ['ubuntu-24.04.1-live-server-amd64.iso', 'Ubuntu24_LTS_64'],
    ['ubuntu-23.04-desktop.iso', 'Ubuntu23_64'],
    ['Fedora-Workstation-Live-x86_64-41.iso', 'Fedora_64'],
    ['archlinux-2026.11.01-x86_64.iso', 'ArchLinux_64'],
    ['AlmaLinux-9.4-x86_64-dvd.iso', 'RedHat9_64'],
    ['alpine-virt-3.20.iso', 'Linux_64'],
    ['Win11_24H2_English_x64.iso', 'Windows11_64'],
    ['windows_server_2022.iso', 'Windows2022_64'],
    ['FreeBSD-14.1-RELEASE-amd64-disc1.iso', 'FreeBSD_64'],
    ['openSUSE-Tumbleweed-DVD.iso', 'OpenSUSE_Tumbleweed_64'],
    ['서명 실습', 'Other_64'],
  ] as const)('guesses %s to be %s', ([text, id]) => {
    const all = types.filter(({ id: known }) => known.endsWith('_64'))
    expect(guessOsType(['machine', text], 'x86_64', all)?.id).toBe(id)
  })

  it('takes the processor into account, and has no guess where there is nothing to guess from', () => {
    expect(guessOsType(['debian-13'], 'aarch64', types)?.id).toBe('Debian13_arm64')
    expect(guessOsType(['debian-13'], 'x86_64', [])).toBeNull()
  })
})

describe('names', () => {
  it.for(['--help', 'first\nsecond', '서명 "실습"', '🚀'.repeat(50), 'a/b'])(
    'lets a new machine be called %j',
    (name) => {
      expect(fails(() => checkName(name))).toBeNull()
    },
  )
  it.for(['x'.repeat(246), '가'.repeat(82), 'bell\u0007', '\ufffe', '\ud800', '7be7ce35-d72b-4e44-a657-9b964d3fd0ef'])(
    'refuses %j, which VirtualBox does not hold',
    (name) => {
      expect(fails(() => checkName(name))).toMatchObject({ code: 'invalid-input', field: 'name' })
    },
  )
  it.for(['../../outside', 'a/b', '.', '..'])(
    'refuses to rename to %j, which is no folder beside the others',
    (name) => {
      expect(fails(() => checkNewName(name, 'linux'))).toMatchObject({ code: 'invalid-input', field: 'name' })
    },
  )
  it('knows what Windows calls no folder', () => {
    expect(fails(() => checkNewName('a:b', 'linux'))).toBeNull()
    expect(fails(() => checkNewName('a:b', 'win32'))).toMatchObject({ field: 'name' })
    expect(fails(() => checkText('line\ttwo\n', 'description'))).toBeNull()
  })
})

describe('what an OVA holds', () => {
  it('is read past a description that looks like more of it', () => {
    const summary = parseSummary(recording('import-dry-run').stdout, 7)
    expect(summary).toMatchObject({
      name: 'Debian Demo 1',
      os: 'Debian (64-bit)',
      cpus: 1,
      memoryBytes: 256 * 1024 * 1024,
      diskBytes: 7,
    })
    const faked = recording('import-dry-run').stdout.replace('First line', ' 6: Number of CPUs: 99')
    expect(parseSummary(faked, null).cpus).toBe(1)
  })
  it('is refused when it holds several machines, or none', () => {
    const text = recording('import-dry-run').stdout
    expect(fails(() => parseSummary(`${text}\nVirtual system 1:\n`, null))).toMatchObject({ code: 'unsupported' })
    expect(fails(() => parseSummary('Interpreting…', null))).toMatchObject({ code: 'invalid-input' })
  })
})

describe('disks', () => {
  const disk = (uuid: string, parentId: string | null, path = `/vms/${uuid}.vdi`) =>
    ({ uuid, parentId, path, kind: 'disk', format: 'VDI', type: parentId === null ? 'Normal' : null }) as const
  const user = (uuid: string, attached: readonly string[], media: readonly ReturnType<typeof disk>[]): DiskUser => ({
    uuid,
    name: uuid,
    settings: {
      stateFile: null,
      media,
      snapshots: [],
      hardware: {
        controllers: [
          {
            name: 'SATA',
            type: 'AHCI',
            portCount: 1,
            devices: attached.map((mediumId) => ({ type: 'disk', port: 0, device: 0, mediumId, hostDrive: null })),
          },
        ],
      } as never,
    },
  })
  // As VirtualBox writes it: the clone's disk stands in its parent's registry.
  const parent = user('parent', ['present'], [disk('base', null), disk('present', 'base'), disk('cloned', 'base')])
  const clone = user('clone', ['cloned'], [])

  it('knows a linked clone by the disks of all machines together', () => {
    const users = [parent, clone, user('stranger', ['own'], [disk('own', null)])]
    expect(dependantsOf('parent', new Set(['base']), users, 'next')).toEqual([clone])
    expect(dependantsOf('parent', new Set(['present']), users, 'any')).toEqual([])
    const further = user('further', ['second'], [disk('second', 'cloned')])
    expect(dependantsOf('parent', new Set(['base']), [...users, further], 'next')).toEqual([clone])
    expect(dependantsOf('parent', new Set(['base']), [...users, further], 'any')).toEqual([clone, further])
  })

  it('writes what a machine borrows into its file so that VirtualBox reads it, whatever the machine is called', async () => {
    const borrowed = borrowedMedia(clone.settings, parent.settings.media)
    expect(borrowed.map(({ uuid }) => uuid)).toEqual(['cloned', 'base'])
    const named = (registry: string): string =>
      `<?xml version="1.0"?>\n<VirtualBox version="1.19-linux">\n  <Machine uuid="{11111111-1111-4111-8111-111111111111}" name="a&gt;b &lt;Machine>" OSType="Other">\n${registry}    <Hardware/>\n  </Machine>\n</VirtualBox>\n`
    const uuids = ['22222222-2222-4222-8222-222222222222', '33333333-3333-4333-8333-333333333333'] as const
    const media = [
      disk(uuids[0], null, '/vms/par "ent"/base.vdi'),
      disk(uuids[1], uuids[0], '/vms/clone/Snapshots/x.vdi'),
    ]
    for (const registry of [
      '',
      '    <MediaRegistry/>\n',
      '<MediaRegistry><DVDImages/><HardDisks></HardDisks></MediaRegistry>',
    ]) {
      const text = withMedia(named(registry), media, '/vms/clone')
      const { media: read, name } = await parseSettings(text, '/vms/clone/clone.vbox')
      expect(name).toBe('a>b <Machine>')
      expect(read).toEqual(media)
    }
    expect(withMedia(named(''), [], '/vms/clone')).toBe(named(''))
  })

  it('finds a place for a disk and a drive among the controllers that there are', () => {
    const controller = (name: string, type: string, portCount = 1) => ({ name, type, portCount, devices: [] })
    expect(slotsIn([controller('IDE', 'PIIX4', 2), controller('SATA', 'AHCI')])).toEqual({
      disk: { controller: 'SATA', port: 0, device: 0 },
      drive: { controller: 'IDE', port: 1, device: 0 },
      grow: null,
    })
    expect(slotsIn([controller('SATA', 'AHCI')])).toMatchObject({
      drive: { controller: 'SATA', port: 1 },
      grow: 'SATA',
    })
    expect(slotsIn([controller('Floppy', 'I82078'), controller('IDE', 'PIIX4', 2)])).toMatchObject({
      disk: { controller: 'IDE', port: 0 },
      drive: { controller: 'IDE', port: 1 },
    })
    expect(slotsIn([])).toEqual({ disk: null, drive: null, grow: null })
  })

  it('lets only addresses into a rule, and no port twice', () => {
    const rule = { protocol: 'tcp', hostAddress: '', hostPort: 80, guestPort: 80 } as const
    expect(fails(() => checkForwards({ mode: 'user', forwards: [rule] }))).toBeNull()
    const comma = { ...rule, hostAddress: '1.2.3.4,x' }
    expect(fails(() => checkForwards({ mode: 'user', forwards: [comma] }))).toMatchObject({
      field: 'network.forwards.0.hostAddress',
    })
    expect(fails(() => checkForwards({ mode: 'user', forwards: [rule, rule] }))).toMatchObject({
      field: 'network.forwards.1.hostPort',
    })
  })

  it('knows where a machine in the trash has its settings', () => {
    const settingsPath = '/vms/a/a.vbox'
    expect(presentPath({ settingsPath, moved: null })).toBe(settingsPath)
    expect(presentPath({ settingsPath, moved: { from: '/vms/a', to: '/vms/.berth-trash/1/a' } })).toBe(
      '/vms/.berth-trash/1/a/a.vbox',
    )
  })
})
