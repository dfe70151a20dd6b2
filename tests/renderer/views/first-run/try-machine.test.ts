import { describe, expect, it } from 'vitest'
import type { Endpoint } from '../../../../app/domain/provider.ts'
import { type GuestOption, type VmCreateOptions, vmSpecSchema } from '../../../../app/domain/spec.ts'
import { MiB } from '../../../../app/domain/units.ts'
import { tryPlaceOf } from '../../../../renderer/views/first-run/try-place.ts'
import { trySpec } from '../../../../renderer/views/first-run/try-spec.ts'

const guest = (id: string, rest: Partial<GuestOption> = {}): GuestOption => ({
  id,
  label: { key: 'first.try' },
  about: { key: 'first.tryAbout' },
  withheld: null,
  sources: ['guest'],
  disc: false,
  ...rest,
})
const limit = (usual: number) => ({ min: 1, max: 1024 * MiB, sensible: 512 * MiB, default: usual })
const options = (guests: readonly GuestOption[]): VmCreateOptions => ({
  kind: 'vm',
  endpointId: 'builtin:local',
  architectures: [{ arch: 'i386', accelerator: 'tcg', slow: null, noUefi: null }],
  cpus: limit(1),
  memoryBytes: limit(16 * MiB),
  diskBytes: limit(8 * MiB),
  guests,
  folder: '/machines',
  freeBytes: null,
})

describe('the machine that is tried', () => {
  it('is the first that needs nothing from the person, started at once, with the disk that it brings', () => {
    const spec = trySpec(
      options([
        guest('image-only', { sources: ['image'] }),
        guest('later', { withheld: { key: 'first.tryNone' } }),
        guest('linux', { memoryBytes: limit(32 * MiB) }),
      ]),
      'first',
    )
    expect(vmSpecSchema.parse(spec)).toEqual(spec)
    expect(spec).toMatchObject({
      guest: 'linux',
      memoryBytes: 32 * MiB,
      name: 'first',
      disk: { from: 'guest' },
      network: { mode: 'none' },
      startAfter: true,
    })
  })

  it('is not there when no guest comes with Berth', () => {
    expect(() => trySpec(options([]), 'first')).toThrow(/first\.tryNone/)
  })
})

describe('where a machine can be tried', () => {
  const endpoint = (providerId: string, state: Endpoint['state'], error: Endpoint['error'] = null): Endpoint => ({
    id: `${providerId}:local`,
    providerId,
    hostId: 'local',
    label: providerId,
    state,
    version: null,
    place: null,
    error,
    remedies: [],
    notices: [],
    since: '2026-11-23T09:00:00Z',
  })

  it('is Berth’s own endpoint, once it is ready', () => {
    expect(tryPlaceOf([])).toEqual({ kind: 'looking' })
    expect(tryPlaceOf([endpoint('qemu', 'ready'), endpoint('builtin', 'checking')])).toEqual({ kind: 'looking' })
    expect(tryPlaceOf([endpoint('builtin', 'ready')])).toEqual({ kind: 'ready', endpointId: 'builtin:local' })
  })

  it('says what is wrong when it is broken, and is nowhere among pretended machines', () => {
    const error = { code: 'no-space', message: { key: 'error.bug' }, hint: null, detail: null, field: null } as const
    expect(tryPlaceOf([endpoint('builtin', 'broken', error)])).toEqual({ kind: 'broken', error })
    expect(tryPlaceOf([endpoint('mockvm', 'ready')])).toBeNull()
  })
})
