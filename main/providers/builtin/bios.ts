import { join } from 'node:path'
import { look } from '../common/files.ts'
import type { Host } from '../provider.ts'

/** A BIOS for ordinary systems and what draws their screen. */
export interface Bios {
  readonly biosPath: string
  readonly vgaBiosPath: string
}

/** v86 loads one that fills the 128 KiB below the first megabyte; SeaBIOS is built in that size too. */
const biosNames = ['bios.bin', 'seabios.bin']
const vgaBiosNames = ['vgabios-stdvga.bin', 'vgabios.bin']

/** Folders that QEMU and SeaBIOS install into, and those beside an installed QEMU. */
function folders(platform: NodeJS.Platform, qemu: string | null): readonly string[] {
  const beside =
    qemu === null ? [] : [join(qemu, '..', '..', 'share', 'qemu'), join(qemu, '..', 'share'), join(qemu, '..')]
  const usual: Partial<Record<NodeJS.Platform, readonly string[]>> = {
    linux: ['/usr/share/seabios', '/usr/share/qemu', '/usr/local/share/qemu', '/usr/share/seavgabios'],
    darwin: ['/opt/homebrew/share/qemu', '/usr/local/share/qemu', '/opt/local/share/qemu'],
    win32: ['C:\\Program Files\\qemu\\share', 'C:\\Program Files\\qemu'],
  }
  return [...beside, ...(usual[platform] ?? [])]
}

/** The BIOS that an installed QEMU brings; null when there is none. */
export async function findBios(host: Host): Promise<Bios | null> {
  const qemu = (await host.findTool('qemu-system-i386')) ?? (await host.findTool('qemu-system-x86_64'))
  const places = folders(host.platform, qemu)
  const first = async (names: readonly string[]): Promise<string | null> => {
    for (const folder of places) {
      for (const name of names) {
        const path = join(folder, name)
        if ((await look(path).catch(() => null))?.isFile() === true) return path
      }
    }
    return null
  }
  const [biosPath, vgaBiosPath] = await Promise.all([first(biosNames), first(vgaBiosNames)])
  return biosPath === null || vgaBiosPath === null ? null : { biosPath, vgaBiosPath }
}
