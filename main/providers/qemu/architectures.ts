/** How a machine of one architecture is put together. */
export interface Architecture {
  /** The machine type to ask for; null takes QEMU's default. Its alias is resolved to a versioned name at creation. */
  readonly machine: string | null
  /** Virtio devices hang on this bus. */
  readonly bus: 'pci' | 'ccw'
  /** The CD drive: on the machine's own IDE/SATA controller, or on one we add. */
  readonly cd: 'ide' | 'scsi'
  /** The processor with everything QEMU can imitate; null takes the machine's default. */
  readonly emulatedCpu: string | null
  /** Whether QEMU has UEFI firmware for it. */
  readonly hasUefi: boolean
  /** Without a picture, a PC's firmware and boot menus talk on the serial line. */
  readonly talksOnSerial: boolean
  /** The display that new machines get. */
  readonly graphics: 'none' | 'vga'
}

const pc: Architecture = {
  machine: 'q35',
  bus: 'pci',
  cd: 'ide',
  emulatedCpu: 'max',
  hasUefi: true,
  talksOnSerial: true,
  graphics: 'vga',
}
const virt: Architecture = {
  machine: 'virt',
  bus: 'pci',
  cd: 'scsi',
  emulatedCpu: null,
  hasUefi: false,
  talksOnSerial: false,
  graphics: 'none',
}
/** What is not listed: the machine QEMU takes by itself, with PCI devices. */
const other: Architecture = { ...virt, machine: null }

const architectures: Readonly<Record<string, Architecture>> = {
  x86_64: pc,
  i386: { ...pc, hasUefi: false },
  aarch64: { ...virt, emulatedCpu: 'max', hasUefi: true },
  arm: { ...virt, emulatedCpu: 'max' },
  riscv64: virt,
  riscv32: virt,
  loongarch64: virt,
  ppc64: { ...other, machine: 'pseries' },
  s390x: { ...other, machine: 's390-ccw-virtio', bus: 'ccw', emulatedCpu: 'max' },
}

export function architectureOf(arch: string): Architecture {
  return architectures[arch] ?? other
}

/** Whether the host's processor can run such a guest by itself. */
export function runsNatively(arch: string, host: string): boolean {
  return arch === host || (arch === 'i386' && host === 'x86_64')
}
