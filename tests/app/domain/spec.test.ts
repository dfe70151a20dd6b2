import { describe, expect, it } from 'vitest'
import {
  configureSpecSchema,
  containerSpecSchema,
  createSpecSchema,
  nameSchema,
  vmSpecSchema,
} from '../../../app/domain/spec.ts'
import { GiB, MiB } from '../../../app/domain/units.ts'

const vm = {
  kind: 'vm',
  endpointId: 'qemu:local',
  name: 'alpine',
  arch: 'x86_64',
  cpus: 2,
  memoryBytes: GiB,
  disk: { from: 'blank', sizeBytes: 8 * GiB },
  isoPath: null,
  network: { mode: 'user', forwards: [] },
  firmware: 'bios',
  startAfter: true,
}
const container = {
  kind: 'container',
  endpointId: 'docker:default',
  image: 'alpine:3.22',
  pull: 'missing',
  name: null,
  command: [],
  ports: [],
  mounts: [],
  environment: [],
  restart: 'no',
  startAfter: true,
}

describe('a name', () => {
  it.for([
    'a',
    '서명 실습용',
    'خادم',
    '"quoted", with \'commas\'',
    '--help',
    '../..',
    '{uuid}',
    'two\nlines',
    '가'.repeat(200),
    '👩‍🚀',
  ])('may be %j', (name) => {
    expect(nameSchema.parse(name)).toBe(name)
  })

  it('counts what a person sees as characters, not the bytes of them', () => {
    expect(nameSchema.safeParse('🚀'.repeat(200)).success).toBe(true)
    expect(nameSchema.safeParse('🚀'.repeat(201)).success).toBe(false)
  })

  it('loses the spaces at its ends', () => {
    expect(nameSchema.parse('  web \n')).toBe('web')
  })

  it.for(['', '   ', '\n\t', 'nul\0inside', 'x'.repeat(201)])('may not be %j', (name) => {
    expect(nameSchema.safeParse(name).success).toBe(false)
  })
})

describe('a specification', () => {
  it('takes a VM and a container as the dialogs send them', () => {
    expect(createSpecSchema.parse(vm)).toEqual(vm)
    expect(createSpecSchema.parse(container)).toEqual(container)
  })

  it.for([
    ['cpus', { cpus: 0 }],
    ['cpus', { cpus: 1.5 }],
    ['memoryBytes', { memoryBytes: MiB - 1 }],
    ['memoryBytes', { memoryBytes: Number.NaN }],
    ['arch', { arch: 'x86_64 -monitor stdio' }],
    ['arch', { arch: '../bin/sh' }],
    ['disk.sizeBytes', { disk: { from: 'blank', sizeBytes: 0 } }],
    ['disk.format', { disk: { from: 'image', path: '/a', format: 'qed', use: 'copy' } }],
    ['disk.path', { disk: { from: 'image', path: '/a\0b', format: 'raw', use: 'copy' } }],
    ['isoPath', { isoPath: '' }],
    ['firmware', { firmware: 'coreboot' }],
    [
      'network.forwards.0.hostPort',
      { network: { mode: 'user', forwards: [{ protocol: 'tcp', hostPort: -1, guestPort: 22 }] } },
    ],
    [
      'network.forwards.0.guestPort',
      { network: { mode: 'user', forwards: [{ protocol: 'tcp', hostPort: 1, guestPort: 65536 }] } },
    ],
  ] as const)('names %s as the field that is wrong in a VM', ([field, change]) => {
    const { error } = vmSpecSchema.safeParse({ ...vm, ...change })
    expect(error?.issues.map((issue) => issue.path.join('.'))).toContain(field)
  })

  it.for([
    ['image', { image: '' }],
    ['environment.0.name', { environment: [{ name: 'A=B', value: '' }] }],
    ['environment.0.name', { environment: [{ name: '', value: '' }] }],
    ['mounts.0.source', { mounts: [{ type: 'bind', source: '', target: '/a', readOnly: false }] }],
    ['ports.0.containerPort', { ports: [{ protocol: 'tcp', hostAddress: null, hostPort: null, containerPort: -1 }] }],
    ['restart', { restart: 'sometimes' }],
  ] as const)('names %s as the field that is wrong in a container', ([field, change]) => {
    const { error } = containerSpecSchema.safeParse({ ...container, ...change })
    expect(error?.issues.map((issue) => issue.path.join('.'))).toContain(field)
  })

  it('listens on this computer alone unless told otherwise', () => {
    const forwards = [{ protocol: 'tcp', hostPort: 2222, guestPort: 22 }]
    const parsed = vmSpecSchema.parse({ ...vm, network: { mode: 'user', forwards } })
    expect(parsed.network).toMatchObject({ forwards: [{ hostAddress: '127.0.0.1' }] })
  })

  it('changes nothing that was left out', () => {
    expect(configureSpecSchema.parse({})).toEqual({})
    expect(configureSpecSchema.parse({ isoPath: null })).toEqual({ isoPath: null })
  })
})
