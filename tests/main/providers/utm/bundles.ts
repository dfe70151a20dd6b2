import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { build, buildBinary } from 'plist'
import { type Bundle, parseConfig } from '../../../../main/providers/utm/bundle.ts'

/** A configuration as UTM writes it, as far as Berth reads it. */
export function configOf({
  name = 'web',
  uuid = '8EB11628-544C-44BF-9EDE-4A65A616BEE2',
  apple = false,
  image = 'disk.qcow2',
  discs = false,
}: {
  readonly name?: string
  readonly uuid?: string
  readonly apple?: boolean
  readonly image?: string
  readonly discs?: boolean
} = {}) {
  return {
    Backend: apple ? 'Apple' : 'QEMU',
    ConfigurationVersion: 4,
    Information: { Name: name, UUID: uuid, Icon: 'debian', IconCustom: false },
    System: {
      Architecture: 'aarch64',
      CPUCount: 4,
      MemorySize: 2048,
      ...(apple ? { Boot: { OperatingSystem: 'macOS' } } : { Target: 'virt' }),
    },
    ...(apple ? {} : { QEMU: { UEFIBoot: true, Hypervisor: true } }),
    Drive: [
      ...(discs ? [{ Identifier: 'DISC', ImageType: 'CD', Interface: 'USB', ReadOnly: true }] : []),
      { Identifier: 'DISK', ImageName: image, ImageType: 'Disk', Interface: 'VirtIO', ReadOnly: false },
    ],
    Network: [
      {
        Mode: 'Emulated',
        MacAddress: '0A:0B:0C:01:02:03',
        PortForward: [{ Protocol: 'TCP', HostPort: 2222, GuestPort: 22 }],
      },
    ],
    Serial: [{ Mode: 'Ptty', Target: 'Auto' }],
  }
}

export function bundleOf(about: Parameters<typeof configOf>[0] = {}): Bundle {
  return { path: '/nowhere/web.utm', config: parseConfig(configOf(about)) }
}

/** Writes a bundle into a folder; its path. `binary`: the configuration in macOS's other notation. */
export async function writeBundle(
  documents: string,
  about: Parameters<typeof configOf>[0] & { readonly folder?: string; readonly binary?: boolean } = {},
): Promise<string> {
  const path = join(documents, `${about.folder ?? about.name ?? 'web'}.utm`)
  await mkdir(join(path, 'Data'), { recursive: true })
  const config = configOf(about)
  await writeFile(join(path, 'config.plist'), about.binary === true ? buildBinary(config) : build(config))
  return path
}
