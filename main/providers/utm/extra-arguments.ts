import { z } from 'zod'

/**
 * Arguments for QEMU that a bundle adds to UTM's own. They may name any file of this computer, or open it to others, with the rights
 * of QEMU in UTM: so what is not known to do neither is taken for it.
 */
export interface ExtraArguments {
  /** As a person typed them, one string each. */
  readonly all: readonly string[]
  /** Those that name files, devices or ways into this computer, or may; each option with its value. */
  readonly reaching: readonly string[]
}

const texts = z.union([z.string().transform((text) => [text]), z.array(z.string())]).catch([])
const configSchema = z.object({
  QEMU: z
    .object({ AdditionalArguments: texts, MachinePropertyOverride: z.string().catch('') })
    .partial()
    .catch({}),
  // Before UTM 4.
  System: z
    .looseObject({ AddArgs: texts, MachineProperties: z.string().catch('') })
    .partial()
    .catch({}),
})

/** Sections whose words UTM puts into the arguments that it makes itself. */
const ownSections: readonly string[] = [
  ...['System', 'Display', 'Sound', 'Network', 'Serial', 'Drive', 'Input'],
  // Before UTM 4.
  ...['Networking', 'Drives'],
]
/** Words in there that are no part of an argument, are read as lists of them, or whose commas UTM escapes. */
const otherWords: readonly string[] = ['AddArgs', 'MachineProperties', 'ImageName', 'ImagePath']

/** Reads them from a configuration, in the notation of UTM 4 and of before. */
export function extraArguments(config: unknown): ExtraArguments {
  // Apple's virtualization has no QEMU.
  if (z.looseObject({ Backend: z.literal('Apple') }).safeParse(config).success) return { all: [], reaching: [] }
  const { QEMU = {}, System = {} } = configSchema.safeParse(config).data ?? {}
  const all = [...(QEMU.AdditionalArguments ?? []), ...(System.AddArgs ?? [])]
  const properties = [QEMU.MachinePropertyOverride, System.MachineProperties].flatMap((one) => one || [])
  return {
    all: [...all, ...properties.map((one) => `-machine ${one}`)].filter((one) => one.trim() !== ''),
    reaching: [
      ...reachingIn(all.flatMap(wordsOf)),
      ...properties.filter((one) => !isHarmless(one)).map((one) => `-machine ${one}`),
      ...smuggled(config),
    ],
  }
}

/** UTM splits an argument at spaces outside quotes and drops the quotes. A quote without a second one splits as well. */
export function wordsOf(text: string): readonly string[] {
  const words: string[] = []
  let word = ''
  let isOpen = false
  const end = (): void => {
    if (word !== '') words.push(word)
    word = ''
  }
  for (let at = 0; at < text.length; at += 1) {
    const sign = text.charAt(at)
    if (sign === '"' && (isOpen || text.includes('"', at + 1))) isOpen = !isOpen
    else if (!isOpen && (sign === '"' || /\s/.test(sign))) end()
    else word += sign
  }
  end()
  return words
}

/** Options without a value. */
const flags: readonly string[] = [
  ...['no-reboot', 'no-shutdown', 'no-acpi', 'no-hpet', 'no-fd-bootchk', 'nodefaults', 'no-user-config', 'nographic'],
  ...['usb', 'snapshot', 'enable-kvm', 'full-screen', 'mem-prealloc', 'S'],
]
/** Options whose value is text for the guest. */
const free: readonly string[] = ['append', 'name', 'prom-env', 'uuid']
/** Options whose value is a list of properties. */
const listed: readonly string[] = [
  ...['machine', 'M', 'cpu', 'smp', 'm', 'accel', 'boot', 'rtc', 'global', 'vga', 'k', 'icount', 'overcommit'],
  ...['watchdog', 'watchdog-action', 'action', 'numa', 'g', 'soundhw', 'set', 'mon', 'd', 'tb-size', 'loadvm', 'bios'],
  ...['msg', 'seed', 'drive'],
]
/** The same, with values that are text for the guest. */
const labelled: readonly string[] = ['smbios', 'fw_cfg']
const lines: readonly string[] = ['none', 'null', 'vc', 'pty', 'chardev', 'ringbuf', 'spicevmc', 'spiceport', 'msmouse']
/** Options whose value begins with a kind, and the kinds that reach nothing. */
const kinds: Readonly<Record<string, readonly string[]>> = {
  audio: ['none', 'coreaudio', 'spice'],
  audiodev: ['none', 'coreaudio', 'spice'],
  chardev: lines,
  debugcon: lines,
  display: ['none', 'cocoa', 'default'],
  monitor: ['none', 'null', 'vc'],
  net: ['none', 'nic', 'user', 'vmnet-shared', 'vmnet-host', 'vmnet-bridged'],
  netdev: ['user', 'hubport', 'vmnet-shared', 'vmnet-host', 'vmnet-bridged'],
  nic: ['none', 'user', 'vmnet-shared', 'vmnet-host', 'vmnet-bridged'],
  object: ['iothread', 'memory-backend-ram', 'rng-builtin', 'throttle-group'],
  parallel: lines,
  serial: lines,
  usbdevice: ['braille', 'keyboard', 'mouse', 'tablet', 'wacom-tablet'],
}
/** Devices that are this computer's own, or another program's. */
const hostDevices =
  /^(?:usb-host|usb-mtp|usb-redir|vfio|vhost|ivshmem|virtio-input-host|virtio-9p|pci-assign|ccid-card-passthru)/
/** Properties that name a file, a program or a descriptor, at any place of a dotted name. */
const naming: readonly string[] = [
  ...['file', 'filename', 'path', 'romfile', 'rootdir', 'mem-path', 'script', 'downscript', 'helper', 'smb', 'tftp'],
  ...['guestfwd', 'splash', 'kernel', 'initrd', 'dtb', 'dumpdtb', 'firmware', 'logfile', 'rrfile', 'unix', 'evdev'],
  ...['hostdevice', 'fd', 'fds', 'shm', 'dir'],
]

function reachingIn(words: readonly string[]): readonly string[] {
  const found: string[] = []
  for (let at = 0; at < words.length; ) {
    const [word = '', value] = words.slice(at, at + 2)
    const option = /^--?([^-].*)$/s.exec(word)?.[1] ?? null
    const isKnown = option !== null && value !== undefined && takesHarmlessly(option, value)
    // A word that is no option is a disk. Of an option that is not known it is not known either whether it takes the next word.
    const hasValue = option !== null && value !== undefined && !value.startsWith('-')
    const isFlag = option !== null && flags.includes(option)
    if (!isFlag && !isKnown) found.push(hasValue ? `${word} ${value}` : word)
    at += !isFlag && (isKnown || hasValue) ? 2 : 1
  }
  return found
}

function takesHarmlessly(option: string, value: string): boolean {
  if (free.includes(option)) return true
  if (labelled.includes(option)) return isHarmless(value.replaceAll('/', ''))
  if (listed.includes(option)) return isHarmless(value)
  if (option === 'device') return !hostDevices.test(value) && isHarmless(value)
  if (!Object.hasOwn(kinds, option)) return false
  return kinds[option]?.includes(value.split(/[,:]/, 1)[0] ?? '') === true && isHarmless(value)
}

/** Whether no property of a value names a file. JSON names what it likes. */
function isHarmless(value: string): boolean {
  if (value.startsWith('{')) return false
  return value.split(',').every((part) => {
    const [name = ''] = part.split('=', 1)
    return !/[\\/]/.test(part) && !name.split('.').some((one) => naming.includes(one))
  })
}

/** Words that hold more than one argument's part: UTM would put a property of the author's into an argument of its own. */
function smuggled(config: unknown): readonly string[] {
  const found: string[] = []
  const look = (value: unknown): void => {
    if (typeof value === 'string' && value.includes(',')) found.push(value)
    if (Array.isArray(value)) for (const one of value) look(one)
    else if (typeof value === 'object' && value !== null) {
      for (const [name, one] of Object.entries(value)) if (!otherWords.includes(name)) look(one)
    }
  }
  const sections = z.record(z.string(), z.unknown()).catch({}).parse(config)
  for (const section of ownSections) look(sections[section])
  return found
}
