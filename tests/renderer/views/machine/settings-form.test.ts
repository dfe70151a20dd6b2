import { describe, expect, test } from 'vitest'
import type { MachineConfiguration } from '../../../../app/domain/spec.ts'
import { GB, GiB } from '../../../../app/domain/units.ts'
import { type SettingsForm, settingsChanges, settingsForm } from '../../../../renderer/views/machine/settings-form.ts'

const configuration: MachineConfiguration = {
  fields: ['cpus', 'memoryBytes', 'diskBytes', 'isoPath', 'network'],
  whileStopped: ['cpus', 'memoryBytes', 'diskBytes', 'network'],
  values: {
    cpus: 2,
    memoryBytes: 2 * GiB,
    diskBytes: 40 * GB,
    isoPath: '/iso/a.iso',
    network: {
      mode: 'user',
      forwards: [{ protocol: 'tcp', hostAddress: '0.0.0.0', hostPort: 2222, guestPort: 22 }],
    },
  },
  limits: {
    cpus: { min: 1, max: 8, sensible: 4, default: 2 },
    memoryBytes: { min: GiB / 8, max: 16 * GiB, sensible: 8 * GiB, default: GiB },
    diskBytes: { min: GB, max: 500 * GB, sensible: 100 * GB, default: 40 * GB },
  },
}
const change = (part: Partial<SettingsForm>) =>
  settingsChanges({ ...settingsForm(configuration), ...part }, configuration)

describe('the settings of a machine', () => {
  test('change nothing as they are opened', () => {
    expect(change({})).toMatchObject({ changes: {}, changed: [] })
  })

  test('send only what was changed', () => {
    expect(change({ cpus: 4, isoPath: '' }).changes).toEqual({ cpus: 4, isoPath: null })
    expect(change({ network: 'none' }).changes).toEqual({ network: { mode: 'none' } })
  })

  test('keep the address a forward listens on, and let a new one listen here alone', () => {
    const ports = [...settingsForm(configuration).ports, { protocol: 'udp', hostPort: '53', guestPort: '53' } as const]
    expect(change({ ports }).changes.network).toEqual({
      mode: 'user',
      forwards: [
        { protocol: 'tcp', hostAddress: '0.0.0.0', hostPort: 2222, guestPort: 22 },
        { protocol: 'udp', hostAddress: '127.0.0.1', hostPort: 53, guestPort: 53 },
      ],
    })
  })

  test('say what the guest reaches where its network is of Berth’s own, and nowhere else', () => {
    const own: MachineConfiguration = { ...configuration, ownNetwork: true }
    const form = { ...settingsForm(own), hostPorts: '3000, 8080 3000', localNetwork: true }
    expect(settingsChanges(form, own).changes.network).toMatchObject({ hostPorts: [3000, 8080], localNetwork: true })
    expect(settingsChanges(settingsForm(own), own).changed).toEqual([])
    const ports = [{ protocol: 'tcp', hostPort: '', guestPort: '80' } as const]
    expect(settingsChanges({ ...form, ports }, own).changes.network).toMatchObject({
      forwards: [{ hostPort: 0, guestPort: 80 }],
    })
    expect([...change({ ports }).problems.keys()]).toEqual(['ports.0'])
    expect([...settingsChanges({ ...form, hostPorts: '80, a' }, own).problems.keys()]).toEqual(['hostPorts'])
    expect(change({ hostPorts: '3000', localNetwork: true }).changes).toEqual({})
  })

  test('never shrink a disk, and stay within the limits', () => {
    expect([...change({ diskBytes: 30 * GB, cpus: 9 }).problems.keys()].sort()).toEqual(['cpus', 'diskBytes'])
    expect(change({ diskBytes: 60 * GB }).problems.size).toBe(0)
  })

  test('share a folder for reading only, until the person says otherwise, and take it away again', () => {
    const sharing = (shared: { path: string; readOnly: boolean } | null, part: Partial<SettingsForm>) => {
      const values = { ...configuration.values, sharedFolder: shared }
      const with9p: MachineConfiguration = { ...configuration, fields: ['sharedFolder'], values }
      return settingsChanges({ ...settingsForm(with9p), ...part }, with9p)
    }
    expect(sharing(null, { sharedFolder: '/home/a' }).changes).toEqual({
      sharedFolder: { path: '/home/a', readOnly: true },
    })
    const shared = { path: '/home/a', readOnly: true }
    expect(sharing(shared, {}).changed).toEqual([])
    expect(sharing(shared, { isSharedReadOnly: false }).changes).toEqual({
      sharedFolder: { path: '/home/a', readOnly: false },
    })
    expect(sharing(shared, { sharedFolder: '' }).changes).toEqual({ sharedFolder: null })
    expect(change({ sharedFolder: '/home/a' }).changed).toEqual([])
  })

  test('leave alone what the machine cannot change', () => {
    expect(change({ restart: 'always' }).changed).toEqual([])
  })
})
