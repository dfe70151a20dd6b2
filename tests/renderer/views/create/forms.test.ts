import { describe, expect, test } from 'vitest'
import type { VmCreateOptions } from '../../../../app/domain/spec.ts'
import { GB, GiB, MiB } from '../../../../app/domain/units.ts'
import {
  emptyContainerForm,
  filledContainerForm,
  pastedVariables,
  readContainerForm,
} from '../../../../renderer/views/create/container-form.ts'
import { localImage } from '../../../../renderer/views/create/image-list.tsx'
import { overSensible } from '../../../../renderer/views/create/problems.ts'
import { guessFormat } from '../../../../renderer/views/create/propose.ts'
import { memory } from '../../../../renderer/views/create/quantities.ts'
import {
  emptyVmForm,
  fieldOf,
  filledVmForm,
  optionsFor,
  readVmForm,
  type VmForm,
} from '../../../../renderer/views/create/vm-form.ts'

const options: VmCreateOptions = {
  kind: 'vm',
  endpointId: 'qemu:local',
  architectures: [
    { arch: 'x86_64', accelerator: 'kvm', slow: null, noUefi: null },
    {
      arch: 'aarch64',
      accelerator: 'tcg',
      slow: { key: 'create.arch.slow' },
      noUefi: { key: 'create.problem.value' },
    },
  ],
  cpus: { min: 1, max: 8, sensible: 4, default: 2 },
  memoryBytes: { min: GiB / 8, max: 16 * GiB, sensible: 8 * GiB, default: 2 * GiB },
  diskBytes: { min: GB, max: 500 * GB, sensible: 100 * GB, default: 40 * GB },
  folder: '/berth/qemu',
  freeBytes: 212 * GB,
}

function read(change: Partial<VmForm>) {
  const form = filledVmForm({ ...emptyVmForm, ...change }, options, new Set(['machine']))
  return readVmForm(form, options, guessFormat(form.imagePath), true)
}

describe('the form of a new virtual machine', () => {
  test('needs nothing but an ISO', () => {
    expect(read({ isoPath: '/iso/debian-13-amd64.iso' }).spec).toEqual({
      kind: 'vm',
      endpointId: 'qemu:local',
      name: 'debian-13',
      arch: 'x86_64',
      cpus: 2,
      memoryBytes: 2 * GiB,
      disk: { from: 'blank', sizeBytes: 40 * GB },
      isoPath: '/iso/debian-13-amd64.iso',
      network: { mode: 'user', forwards: [] },
      firmware: 'bios',
      startAfter: true,
    })
  })

  test('takes an image in its guessed or chosen format, with a disc beside it', () => {
    const form = { source: 'image', imagePath: '/d/a.qcow2', imageUse: 'in-place', isoPath: '/iso/tools.iso' } as const
    expect(read(form).spec).toMatchObject({
      name: 'a',
      disk: { from: 'image', path: '/d/a.qcow2', format: 'qcow2', use: 'in-place' },
      isoPath: '/iso/tools.iso',
    })
    expect(read({ ...form, imageFormat: 'raw' }).spec).toMatchObject({ disk: { format: 'raw' } })
  })

  test('proposes a name that nobody has and leaves a typed one alone', () => {
    expect(read({ source: 'blank' }).spec?.name).toBe('machine-2')
    expect(read({ source: 'blank', name: ' --help ', isNameTyped: true }).spec?.name).toBe('--help')
  })

  test('takes a BIOS by hand where its guest may have one, and only both files', () => {
    const chosen: VmCreateOptions = {
      ...options,
      guests: [
        {
          id: 'pc',
          label: { key: 'create.guest' },
          about: { key: 'create.guest' },
          withheld: null,
          sources: ['blank', 'none'],
          disc: true,
          bios: 'optional',
        },
      ],
    }
    const readBios = (change: Partial<VmForm> = {}) => {
      const form = filledVmForm({ ...emptyVmForm, isoPath: '/iso/small.iso', ...change }, chosen, new Set())
      return readVmForm(form, chosen, null, true)
    }
    const both = { biosPath: '/b/bios.bin', vgaBiosPath: '/b/vga.bin' }
    expect(readBios().spec).not.toHaveProperty('biosFiles')
    expect(readBios(both).spec?.biosFiles).toEqual({ system: '/b/bios.bin', graphics: '/b/vga.bin' })
    expect([...readBios({ biosPath: '/b/bios.bin' }).problems.keys()]).toEqual(['biosFiles.graphics'])
    expect(read({ isoPath: '/iso/small.iso', ...both }).spec).not.toHaveProperty('biosFiles')
    expect(fieldOf('biosFiles.graphics')).toBe('biosFiles.graphics')
  })

  test('shares a folder where the guest takes one, for reading only unless the person says otherwise', () => {
    const readShared = (takes: boolean, change: Partial<VmForm>) => {
      const chosen: VmCreateOptions = {
        ...options,
        guests: [
          {
            id: 'linux',
            label: { key: 'create.guest' },
            about: { key: 'create.guest' },
            withheld: null,
            sources: ['blank'],
            disc: false,
            ...(takes ? { sharedFolder: true } : {}),
          },
        ],
      }
      return readVmForm(filledVmForm({ ...emptyVmForm, ...change }, chosen, new Set()), chosen, null, true).spec
    }
    expect(readShared(true, {})).not.toHaveProperty('sharedFolder')
    expect(readShared(true, { sharedFolder: '/home/a' })?.sharedFolder).toEqual({ path: '/home/a', readOnly: true })
    expect(readShared(true, { sharedFolder: '/home/a', isSharedReadOnly: false })?.sharedFolder?.readOnly).toBe(false)
    expect(readShared(false, { sharedFolder: '/home/a' })).not.toHaveProperty('sharedFolder')
  })

  test('asks a guest that brings its disk for no file and no size, whatever was chosen for another', () => {
    const limit = { min: MiB, max: 128 * MiB, sensible: 128 * MiB, default: 32 * MiB }
    const chosen: VmCreateOptions = {
      ...options,
      guests: [
        {
          id: 'linux',
          label: { key: 'create.guest' },
          about: { key: 'create.guest' },
          withheld: null,
          sources: ['guest'],
          disc: false,
          memoryBytes: limit,
        },
      ],
    }
    const left: Partial<VmForm> = { source: 'image', imagePath: '/d/a.img', isoPath: '/iso/small.iso', diskBytes: 1 }
    const options32 = optionsFor(emptyVmForm, chosen)
    const filled = filledVmForm({ ...emptyVmForm, ...left }, options32, new Set())
    const { spec, problems } = readVmForm(filled, options32, null, true)
    expect([...problems]).toEqual([])
    expect(spec).toMatchObject({ name: 'linux', guest: 'linux', disk: { from: 'guest' }, isoPath: null })
  })

  test('runs from the disc alone when the disk is turned off', () => {
    expect(read({ isoPath: '/iso/live.iso', hasDisk: false }).spec?.disk).toEqual({ from: 'none' })
  })

  test('says every problem at its field', () => {
    const { spec, problems } = read({
      name: '  ',
      isNameTyped: true,
      cpus: 99,
      memoryBytes: 1,
      diskBytes: 1,
      arch: 'aarch64',
      firmware: 'uefi',
      ports: [
        { protocol: 'tcp', hostPort: '2222', guestPort: '22' },
        { protocol: 'tcp', hostPort: '2222', guestPort: '23' },
        { protocol: 'udp', hostPort: '2222', guestPort: '0' },
        { protocol: 'tcp', hostPort: '', guestPort: '' },
      ],
    })
    expect(spec).toBeNull()
    expect([...problems.keys()].sort()).toEqual([
      'cpus',
      'disk',
      'firmware',
      'memory',
      'name',
      'ports.1',
      'ports.2',
      'source',
    ])
    expect(problems.get('cpus')?.params).toEqual({ min: '1', max: '8' })
  })

  test('asks for the format only when the name does not tell it', () => {
    expect([...read({ source: 'image', imagePath: '/d/disk' }).problems.keys()]).toEqual(['format'])
  })

  test('warns over the sensible limit and stays allowed', () => {
    expect(overSensible(12 * GiB, memory, options.memoryBytes)?.key).toBe('create.warn.sensible')
    expect(overSensible(8 * GiB, memory, options.memoryBytes)).toBeNull()
    expect(overSensible(99 * GiB, memory, options.memoryBytes)).toBeNull()
    expect(read({ source: 'blank', memoryBytes: 12 * GiB }).spec?.memoryBytes).toBe(12 * GiB)
  })

  test('finds the field of what main refuses', () => {
    expect(fieldOf('disk.path')).toBe('source')
    expect(fieldOf('network.forwards.3.hostPort')).toBe('ports.3')
    expect(fieldOf('memoryBytes')).toBe('memory')
    expect(fieldOf('')).toBe('form')
  })
})

describe('the form of a new container', () => {
  const container = (change: Partial<typeof emptyContainerForm>, taken: readonly string[] = []) => {
    const names = new Set(taken)
    return readContainerForm(
      filledContainerForm({ ...emptyContainerForm, ...change }, names),
      'docker:default',
      names,
      true,
    )
  }

  test('needs nothing but an image', () => {
    expect(container({ image: 'ghcr.io/o/web:1' }, ['web']).spec).toEqual({
      terminal: 'auto',
      kind: 'container',
      endpointId: 'docker:default',
      image: 'ghcr.io/o/web:1',
      pull: 'missing',
      name: 'web-2',
      command: [],
      ports: [],
      mounts: [],
      environment: [],
      restart: 'no',
      startAfter: true,
    })
  })

  test('tells volumes from folders and lets the tool choose ports and the name', () => {
    const { spec } = container({
      image: 'a',
      isNameTyped: true,
      command: 'sh -c "sleep 1"',
      ports: [{ protocol: 'tcp', hostPort: '', guestPort: '80' }],
      mounts: [
        { source: 'data', target: '/data', readOnly: false },
        { source: '/srv', target: '/srv', readOnly: true },
        { source: '', target: '', readOnly: false },
      ],
      variables: [{ name: 'A', value: 'x=y' }],
    })
    expect(spec).toMatchObject({
      name: null,
      command: ['sh', '-c', 'sleep 1'],
      ports: [{ hostPort: null, containerPort: 80 }],
      mounts: [{ type: 'volume' }, { type: 'bind', readOnly: true }],
      environment: [{ name: 'A', value: 'x=y' }],
    })
  })

  test('says every problem at its field', () => {
    const { problems } = container(
      {
        image: 'a b',
        name: 'web',
        isNameTyped: true,
        command: '"',
        ports: [{ protocol: 'tcp', hostPort: '1', guestPort: '' }],
        mounts: [
          { source: 'data', target: 'data', readOnly: false },
          { source: '', target: '/x', readOnly: false },
        ],
        variables: [
          { name: 'A', value: '1' },
          { name: 'A', value: '2' },
          { name: '', value: '3' },
        ],
      },
      ['web'],
    )
    expect([...problems.keys()]).toEqual([
      'image',
      'name',
      'command',
      'ports.0',
      'mounts.0',
      'mounts.1',
      'environment.1',
      'environment.2',
    ])
  })

  test('spreads pasted lines of NAME=value over rows', () => {
    expect(pastedVariables('# db\nexport USER="sena"\nURL=a=b\r\n')).toEqual([
      { name: 'USER', value: 'sena' },
      { name: 'URL', value: 'a=b' },
    ])
    expect(pastedVariables('just words')).toBeNull()
  })
})

describe('the image that a few letters stand for', () => {
  const images = ['ghcr.io/o/web:1', 'debian:12', 'debian:latest'].map((reference) => ({ reference, sizeBytes: null }))
  test.each([
    ['deb', 'debian:12'],
    ['debian', 'debian:latest'],
    ['web', 'ghcr.io/o/web:1'],
    ['ghcr.io/o', 'ghcr.io/o/web:1'],
    // A tag is meant as it is typed.
    ['debian:1', null],
    ['ebian', null],
    ['', null],
  ])('is for %j %j', (typed, reference) => {
    expect(localImage(typed, images)).toBe(reference)
  })
})
