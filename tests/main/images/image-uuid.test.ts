import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { imageUuid } from '../../../main/images/image-uuid.ts'

const uuid = 'd10040e3-7741-4b6e-ab5a-a5669717875d'
/** As VirtualBox writes it into a binary header. */
const bytes = Buffer.from('e34000d14177' + '6e4bab5aa5669717875d', 'hex')
let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'berth-uuid-'))
})
afterAll(() => rm(folder, { recursive: true }))

async function file(content: Buffer | string): Promise<string> {
  const path = join(folder, 'image')
  await writeFile(path, content)
  return path
}

function vdi(major: number): Buffer {
  const header = Buffer.alloc(512)
  header.writeUInt32LE(0xbeda107f, 64)
  header.writeUInt16LE(major, 70)
  bytes.copy(header, 392)
  return header
}

function vhd(): Buffer {
  const image = Buffer.alloc(2048)
  image.write('conectix', 1536, 'latin1')
  bytes.copy(image, 1536 + 68)
  return image
}

const descriptor = `# Disk DescriptorFile\nversion=1\n\nddb.uuid.image="${uuid}"\nddb.uuid.parent="x"\n`

function sparseVmdk(): Buffer {
  const image = Buffer.alloc(4096)
  image.write('KDMV', 0, 'latin1')
  image.writeBigUInt64LE(1n, 28)
  image.writeBigUInt64LE(4n, 36)
  image.write(descriptor, 512, 'latin1')
  return image
}

it.each([
  ['VDI', vdi(1)],
  ['VHD', vhd()],
  ['VMDK', sparseVmdk()],
  ['VMDK', Buffer.from(descriptor)],
] as const)('reads the UUID of a %s from its own header', async (format, image) => {
  expect(await imageUuid(await file(image), format)).toBe(uuid)
})

it.each([
  ['VDI', Buffer.alloc(0)],
  ['VDI', vdi(0)],
  ['VDI', vdi(1).subarray(0, 400)],
  ['VHD', Buffer.alloc(100)],
  ['VHD', vdi(1)],
  ['VMDK', vdi(1)],
  ['VMDK', sparseVmdk().subarray(0, 300)],
  ['VMDK', Buffer.from(descriptor.replace('ddb.uuid.image', 'ddb.uuid.other'))],
] as const)('gives no UUID of a file that is no whole %s', async (format, image) => {
  expect(await imageUuid(await file(image), format)).toBeNull()
})
