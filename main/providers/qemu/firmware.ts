import { readFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import { dirname, join } from 'node:path'
import { z } from 'zod'
import { exists, names } from '../common/files.ts'

/** UEFI as QEMU takes it: code that is never written to, and the form that a machine's own variables start from. */
export interface Firmware {
  readonly codePath: string
  readonly codeFormat: 'raw' | 'qcow2'
  readonly varsPath: string
  readonly varsFormat: 'raw' | 'qcow2'
}

const formatSchema = z.enum(['raw', 'qcow2'])

/** The parts used of a firmware descriptor (QEMU's docs/interop/firmware.json), which distributions install. */
const descriptorSchema = z.object({
  'interface-types': z.array(z.string()),
  mapping: z.object({
    device: z.literal('flash'),
    mode: z.string().optional(),
    executable: z.object({ filename: z.string(), format: formatSchema }),
    'nvram-template': z.object({ filename: z.string(), format: formatSchema }),
  }),
  targets: z.array(z.object({ architecture: z.string(), machines: z.array(z.string()) })),
  features: z.array(z.string()),
})

/** Where no descriptor says it: `{share}` is QEMU's own folder of data. */
const usualPlaces: Readonly<Record<string, readonly (readonly [code: string, vars: string])[]>> = {
  x86_64: [
    ['/usr/share/OVMF/OVMF_CODE_4M.fd', '/usr/share/OVMF/OVMF_VARS_4M.fd'],
    ['/usr/share/OVMF/OVMF_CODE.fd', '/usr/share/OVMF/OVMF_VARS.fd'],
    ['/usr/share/edk2/x64/OVMF_CODE.4m.fd', '/usr/share/edk2/x64/OVMF_VARS.4m.fd'],
    ['/usr/share/edk2/ovmf/OVMF_CODE.fd', '/usr/share/edk2/ovmf/OVMF_VARS.fd'],
    ['/usr/share/qemu/ovmf-x86_64-code.bin', '/usr/share/qemu/ovmf-x86_64-vars.bin'],
    ['{share}/edk2-x86_64-code.fd', '{share}/edk2-i386-vars.fd'],
  ],
  aarch64: [
    ['/usr/share/AAVMF/AAVMF_CODE.fd', '/usr/share/AAVMF/AAVMF_VARS.fd'],
    ['/usr/share/edk2/aarch64/QEMU_EFI-pflash.raw', '/usr/share/edk2/aarch64/vars-template-pflash.raw'],
    ['{share}/edk2-aarch64-code.fd', '{share}/edk2-arm-vars.fd'],
  ],
}

/** The firmware for a machine type, as the system's descriptors say or where it usually is; null when there is none. */
export async function findFirmware(arch: string, machine: string, systemFile: string): Promise<Firmware | null> {
  const share = join(dirname(dirname(systemFile)), 'share', 'qemu')
  for (const folder of descriptorFolders(share)) {
    for (const name of [...(await names(folder))].sort()) {
      if (!name.endsWith('.json')) continue
      const text = await readFile(join(folder, name), 'utf8').catch(() => '')
      const firmware = parseDescriptor(text, arch, machine)
      if (firmware !== null && (await isThere(firmware))) return firmware
    }
  }
  for (const [code, vars] of usualPlaces[arch] ?? []) {
    const firmware: Firmware = {
      codePath: code.replace('{share}', share),
      codeFormat: 'raw',
      varsPath: vars.replace('{share}', share),
      varsFormat: 'raw',
    }
    if (await isThere(firmware)) return firmware
  }
  return null
}

/** Reads one descriptor; null when it is not plain UEFI for this architecture and machine type. */
export function parseDescriptor(json: string, arch: string, machine: string): Firmware | null {
  const read = descriptorSchema.safeParse(parse(json))
  if (!read.success) return null
  const { 'interface-types': interfaces, mapping, targets, features } = read.data
  // Secure Boot needs more of the machine than we make, and would refuse what a person wants to try.
  const isPlain = !features.some((feature) => ['secure-boot', 'requires-smm', 'enrolled-keys'].includes(feature))
  const fits = targets.some(
    (target) => target.architecture === arch && target.machines.some((pattern) => matches(pattern, machine)),
  )
  if (!interfaces.includes('uefi') || mapping.mode === 'stateless' || !isPlain || !fits) return null
  return {
    codePath: mapping.executable.filename,
    codeFormat: mapping.executable.format,
    varsPath: mapping['nvram-template'].filename,
    varsFormat: mapping['nvram-template'].format,
  }
}

/** In the order in which the later ones are overruled. */
function descriptorFolders(share: string): readonly string[] {
  const config = process.env['XDG_CONFIG_HOME'] ?? join(homedir(), '.config')
  const folders = [join(config, 'qemu'), '/etc/qemu', share, '/usr/share/qemu', '/opt/homebrew/share/qemu']
  return [...new Set(folders)].map((folder) => join(folder, 'firmware'))
}

async function isThere(firmware: Firmware): Promise<boolean> {
  return (await exists(firmware.codePath)) && (await exists(firmware.varsPath))
}

/** `pc-q35-*` against `pc-q35-7.2`. */
function matches(pattern: string, machine: string): boolean {
  const star = pattern.indexOf('*')
  return star === -1 ? pattern === machine : machine.startsWith(pattern.slice(0, star))
}

function parse(json: string): unknown {
  try {
    return JSON.parse(json)
  } catch {
    return undefined
  }
}
