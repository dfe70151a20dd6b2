import { execFileSync } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ovfDiskBytes, unitBytes } from '../../../../main/providers/virtualbox/ovf.ts'

const GiB = 2 ** 30
const envelope = (...disks: readonly string[]): string =>
  `<?xml version="1.0"?><Envelope xmlns="http://schemas.dmtf.org/ovf/envelope/1" xmlns:ovf="http://schemas.dmtf.org/ovf/envelope/1">
<DiskSection><Info>disks</Info>${disks.join('')}</DiskSection></Envelope>`

describe('the size of the disks in an OVF', () => {
  let folder = ''
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'berth-ovf-'))
  })
  afterAll(() => rm(folder, { recursive: true }))
  const bytesOf = async (...disks: readonly string[]): Promise<number | null> => {
    const path = join(folder, 'm.ovf')
    await writeFile(path, envelope(...disks))
    return ovfDiskBytes(path)
  }

  it('is its number times its unit, and the sum of all disks', async () => {
    expect(await bytesOf('<Disk ovf:capacity="2" ovf:capacityAllocationUnits="byte * 2^30"/>')).toBe(2 * GiB)
    expect(await bytesOf('<Disk ovf:capacity="4294967296"/>')).toBe(4 * GiB)
    expect(
      await bytesOf('<Disk ovf:capacity="512"/>', '<Disk ovf:capacity="1" ovf:capacityAllocationUnits="GigaBytes"/>'),
    ).toBe(GiB + 512)
  })

  it('is not known rather than wrong where the unit or the number is none', async () => {
    for (const disk of [
      '<Disk ovf:capacity="2" ovf:capacityAllocationUnits="sectors"/>',
      `<Disk ovf:capacity="\${size}" ovf:capacityAllocationUnits="byte * 2^30"/>`,
      '<Disk ovf:capacityAllocationUnits="byte * 2^30"/>',
      '<Disk ovf:capacity="9999999999" ovf:capacityAllocationUnits="byte * 2^40"/>',
    ]) {
      expect(await bytesOf('<Disk ovf:capacity="1"/>', disk), disk).toBeNull()
    }
    expect(await bytesOf()).toBeNull()
    expect(await ovfDiskBytes(join(folder, 'nowhere.ovf'))).toBeNull()
  })

  it('is read from the description inside an OVA', async () => {
    await writeFile(
      join(folder, 'm.ovf'),
      envelope('<Disk ovf:capacity="3" ovf:capacityAllocationUnits="byte * 2^30"/>'),
    )
    await writeFile(join(folder, 'd.vmdk'), 'disk')
    const path = join(folder, 'm.ova')
    execFileSync('tar', ['--format=ustar', '-cf', path, '-C', folder, 'm.ovf', 'd.vmdk'])
    expect(await ovfDiskBytes(path)).toBe(3 * GiB)
  })

  it.for([
    ['byte * 2^30', GiB],
    ['byte*2^20', 2 ** 20],
    ['byte * 1024', 1024],
    ['MegaBytes', 2 ** 20],
    ['byte', 1],
    ['bit * 2^10', null],
    ['hertz * 10^6', null],
  ] as const)('reads the unit “%s”', ([unit, bytes]) => {
    expect(unitBytes(unit)).toBe(bytes)
  })
})
