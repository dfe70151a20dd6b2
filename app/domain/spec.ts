import { z } from 'zod'
import type { Text } from '../messages/text.ts'
import type { AppError } from './errors.ts'
import type { OsType } from './guess-os.ts'
import type { EndpointId } from './ids.ts'
import { GiB, MiB } from './units.ts'

/**
 * A machine's name: whatever a person can type, 1 to 200 characters once its ends are trimmed. Only NUL is refused, since
 * no tool can be given it.
 */
export const nameSchema = z
  .string()
  .transform((name) => name.trim())
  .pipe(
    z
      .string()
      .min(1)
      .refine((name) => [...name].length <= 200 && !name.includes('\0')),
  )

export const descriptionSchema = z.string().max(10_000)

/** An absolute path on the computer Berth runs on. */
export const pathSchema = z
  .string()
  .min(1)
  .max(4096)
  .refine((path) => !path.includes('\0'))

const port = z.number().int().min(1).max(65_535)

/** A port of this computer that leads to one of the guest's. */
export const forwardSchema = z.object({
  protocol: z.enum(['tcp', 'udp']),
  /** Address of this computer to listen on. */
  hostAddress: z.string().max(64).default('127.0.0.1'),
  /** 0 lets Berth choose a free one, where the network is Berth's own. */
  hostPort: z.number().int().min(0).max(65_535),
  guestPort: port,
})
export type Forward = z.infer<typeof forwardSchema>

export const diskFormats = ['qcow2', 'raw', 'vmdk', 'vdi', 'vhdx'] as const
export type DiskFormat = (typeof diskFormats)[number]

/** A file that a person said yes to: its path with links resolved, and which file it was there. The identity is main's to read. */
const agreedFileSchema = z.object({ path: pathSchema, identity: z.string().max(200) })
export type AgreedFile = Readonly<z.infer<typeof agreedFileSchema>>

/** A folder of this computer that a guest finds inside; where, is its own affair. */
export const sharedFolderSchema = z.object({ path: pathSchema, readOnly: z.boolean() })
export type SharedFolder = z.infer<typeof sharedFolderSchema>

export const vmSpecSchema = z.object({
  kind: z.literal('vm'),
  endpointId: z.string().max(300) as unknown as z.ZodType<EndpointId>,
  name: nameSchema,
  /** As in `qemu-system-ARCH`. */
  arch: z.string().regex(/^[a-z0-9_]{1,32}$/),
  cpus: z.number().int().min(1).max(1024),
  memoryBytes: z
    .number()
    .int()
    .min(MiB)
    .max(16_384 * GiB),
  disk: z.discriminatedUnion('from', [
    z.object({
      from: z.literal('blank'),
      sizeBytes: z
        .number()
        .int()
        .min(MiB)
        .max(65_536 * GiB),
    }),
    z.object({
      from: z.literal('image'),
      path: pathSchema,
      format: z.enum(diskFormats),
      /** `copy` leaves the file alone; `in-place` writes to it. */
      use: z.enum(['copy', 'in-place']),
      /**
       * Other files of this computer that the image may open, and the image itself where it is not known who else uses it: each
       * agreed to by the person.
       */
      allowedFiles: z.array(agreedFileSchema).max(64).optional(),
    }),
    /** The one that comes with the guest. */
    z.object({ from: z.literal('guest') }),
    z.object({ from: z.literal('none') }),
  ]),
  isoPath: pathSchema.nullable(),
  network: z.discriminatedUnion('mode', [
    z.object({ mode: z.literal('none') }),
    z.object({
      mode: z.literal('user'),
      forwards: z.array(forwardSchema).max(64),
      /** Ports of this computer that the guest may reach, where the network is Berth's own. Left out, none. */
      hostPorts: z.array(port).max(64).optional(),
      /** Whether the guest may reach the networks that this computer is in, where its network is Berth's own. */
      localNetwork: z.boolean().optional(),
    }),
  ]),
  firmware: z.enum(['bios', 'uefi']),
  /** The tool's own word for the system in it, from its options; left out, it is guessed from the names. */
  osType: z
    .string()
    .regex(/^[A-Za-z0-9_.-]{1,64}$/)
    .optional(),
  /** The tool's own word for the graphics card, from its options; left out, it is the one for the system. */
  graphics: z
    .string()
    .regex(/^[A-Za-z0-9_.-]{1,64}$/)
    .optional(),
  /** A serial port for Berth's console. Left out where the options offer it means yes. */
  serialConsole: z.boolean().optional(),
  /** One of the options' `guests`; left out where there are none to choose from. */
  guest: z
    .string()
    .regex(/^[a-z0-9-]{1,64}$/)
    .optional(),
  /** A BIOS from files of the person's, and what draws its screen, where the guest takes them; left out, the tool's own. */
  biosFiles: z.object({ system: pathSchema, graphics: pathSchema }).optional(),
  /** Where the guest takes one; left out, none. */
  sharedFolder: sharedFolderSchema.optional(),
  startAfter: z.boolean(),
})
export type VmSpec = z.infer<typeof vmSpecSchema>

export const containerSpecSchema = z.object({
  kind: z.literal('container'),
  endpointId: z.string().max(300) as unknown as z.ZodType<EndpointId>,
  image: z.string().min(1).max(500),
  /** When to ask the registry: only if the image is not here, always, or never. */
  pull: z.enum(['missing', 'always', 'never']),
  /** null lets the tool choose. */
  name: nameSchema.nullable(),
  /** Replaces the image's command; empty keeps it. */
  command: z.array(z.string().max(100_000)).max(1000),
  ports: z
    .array(
      z.object({
        protocol: z.enum(['tcp', 'udp']),
        hostAddress: z.string().max(64).nullable(),
        /** null lets the tool choose a free one. */
        hostPort: port.nullable(),
        containerPort: port,
      }),
    )
    .max(256),
  mounts: z
    .array(
      z.object({
        type: z.enum(['volume', 'bind']),
        /** A volume's name or a folder of this computer. */
        source: pathSchema,
        target: pathSchema,
        readOnly: z.boolean(),
      }),
    )
    .max(256),
  environment: z
    .array(
      z.object({
        name: z
          .string()
          .min(1)
          .max(1000)
          .regex(/^[^=\0]+$/),
        value: z.string().max(100_000),
      }),
    )
    .max(1000),
  restart: z.enum(['no', 'on-failure', 'always', 'unless-stopped']),
  /** Whether it has a terminal and an open input; `auto` where its command is a shell. Left out means no. */
  terminal: z.enum(['auto', 'yes', 'no']).optional(),
  /** Processors' worth of time; left out, no limit. */
  cpus: z.number().min(0.01).max(1024).optional(),
  memoryBytes: z
    .number()
    .int()
    .min(6 * MiB)
    .max(16_384 * GiB)
    .optional(),
  /** One of the options' networks, or another's name; left out, the tool's default. */
  network: z
    .string()
    .min(1)
    .max(300)
    .refine((name) => !/[\s,\0]/.test(name))
    .optional(),
  /** As `user`, `uid` or `user:group`; left out, the image's own. */
  user: z
    .string()
    .min(1)
    .max(300)
    .refine((name) => !/[\s\0]/.test(name))
    .optional(),
  /** Left out, the image's own. */
  workingFolder: pathSchema.optional(),
  startAfter: z.boolean(),
})
export type ContainerSpec = z.infer<typeof containerSpecSchema>

export const createSpecSchema = z.discriminatedUnion('kind', [vmSpecSchema, containerSpecSchema])
export type CreateSpec = z.infer<typeof createSpecSchema>

/** What may be changed on an existing machine. A field left out stays as it is. */
export const configureSpecSchema = z.object({
  cpus: z.number().int().min(1).max(1024).optional(),
  memoryBytes: z
    .number()
    .int()
    .min(MiB)
    .max(16_384 * GiB)
    .optional(),
  /** null takes the disc out. */
  isoPath: pathSchema.nullable().optional(),
  network: vmSpecSchema.shape.network.optional(),
  /** Only ever larger. */
  diskBytes: z
    .number()
    .int()
    .min(MiB)
    .max(65_536 * GiB)
    .optional(),
  restart: containerSpecSchema.shape.restart.optional(),
  /** A serial port that Berth's console is connected to. */
  serialConsole: z.boolean().optional(),
  /** Whether it starts in a window of its tool's own, where the tool has one, instead of without. */
  ownWindow: z.boolean().optional(),
  /** The tool's own word for the graphics card, one of the configuration's `graphics`. */
  graphics: z
    .string()
    .regex(/^[A-Za-z0-9_.-]{1,64}$/)
    .optional(),
  /** Whether its screen is served live, with a pointer, by an extension of its tool that has its risks. */
  liveScreen: z.boolean().optional(),
  /** null takes it away. */
  sharedFolder: sharedFolderSchema.nullable().optional(),
})
export type ConfigureSpec = z.infer<typeof configureSpecSchema>
export type ConfigureField = keyof ConfigureSpec

/** A machine's settings as they stand, for the form that changes them. */
export interface MachineConfiguration {
  /** What can be changed on this machine, now or once it is stopped. */
  readonly fields: readonly ConfigureField[]
  /** Of these, what can be changed only while it is stopped. */
  readonly whileStopped: readonly ConfigureField[]
  /** Fields that can't be changed as this machine, or this computer, is, and why. Those with a value are shown. */
  readonly withheld?: Readonly<Partial<Record<ConfigureField, Text>>>
  /** Present values. A field without one has none set, such as a container without a memory limit. */
  readonly values: ConfigureSpec
  /** For the numbers among the fields. `default` is not used. */
  readonly limits: Readonly<Partial<Record<'cpus' | 'memoryBytes' | 'diskBytes', Limit>>>
  /** The network is Berth's own: it forwards TCP alone, and a person chooses what the guest reaches beside the Internet. */
  readonly ownNetwork?: true
  /** The cards to choose from, the present one among them, where `graphics` is a field. */
  readonly graphics?: readonly GraphicsOption[]
}

/** What is known of a disk image before a machine is made with it. */
export interface ImageInspection {
  /** Why it can't be used so; null when it can. */
  readonly problem: AppError | null
  /** Files that need the person's yes, each with the sentence that says what for. */
  readonly asks: readonly (AgreedFile & { readonly message: Text })[]
}

/** What a file holds that a machine could be imported from, as far as it says so itself. */
export interface ImportSummary {
  /** The name in it; hostile like every name. */
  readonly name: string | null
  readonly os: string | null
  readonly cpus: number | null
  readonly memoryBytes: number | null
  /** What its disks may grow to, together. */
  readonly diskBytes: number | null
  /** What will not come along as it was, and what else a person should know before. */
  readonly notes: readonly Text[]
}

/** A number a person may choose: `sensible` is the tick that leaves room for everything else. */
export interface Limit {
  readonly min: number
  readonly max: number
  readonly sensible: number
  readonly default: number
}

export interface ArchitectureOption {
  readonly arch: string
  /** `kvm`, `hvf`, `whpx` or `tcg`. */
  readonly accelerator: string
  /** Why it is not hardware-accelerated; null when it is. */
  readonly slow: Text | null
  /** Why UEFI is not offered for it; null when it is. */
  readonly noUefi: Text | null
  /** Graphics cards to choose from, where it has others than the options say. */
  readonly graphics?: readonly GraphicsOption[]
}

/** A graphics card. Its name is that of a product, not translated. */
export interface GraphicsOption {
  readonly id: string
  readonly label: string
  /** One sentence on what it is good for. */
  readonly about?: Text
}

/** What a new machine may run, where its provider knows that. */
export interface GuestOption {
  readonly id: string
  readonly label: Text
  /** One sentence on what it is good for. */
  readonly about: Text
  /** Why it cannot be chosen now; null when it can. */
  readonly withheld: Text | null
  /** What its disk may come from. */
  readonly sources: readonly VmSpec['disk']['from'][]
  /** Whether it has a drive for an ISO or floppy image. */
  readonly disc: boolean
  /** Whether it starts with a BIOS of the person's if they want. */
  readonly bios?: 'optional'
  /** Whether it can be given a folder of this computer. */
  readonly sharedFolder?: true
  /** It can have a network of Berth's own, as in a `MachineConfiguration`, whatever the options' `networks`: off by default. */
  readonly ownNetwork?: true
  /** In place of the options' own, where it differs. */
  readonly memoryBytes?: Limit
  readonly diskBytes?: Limit
}

export interface VmCreateOptions {
  readonly kind: 'vm'
  readonly endpointId: EndpointId
  /** The host's own first. */
  readonly architectures: readonly ArchitectureOption[]
  readonly cpus: Limit
  readonly memoryBytes: Limit
  readonly diskBytes: Limit
  /** Systems to choose from, in the tool's order; left out where the tool does not ask. */
  readonly osTypes?: readonly OsType[]
  /** Graphics cards to choose from, best first; left out where there is no choice. */
  readonly graphics?: readonly GraphicsOption[]
  /** Whether a serial port for Berth's console is to be chosen; left out where a machine always or never has one. */
  readonly serialConsole?: true
  /** The first is proposed. Left out where a machine runs whatever is on its disk or disc. */
  readonly guests?: readonly GuestOption[]
  /** The networks it can have; all of them when left out. */
  readonly networks?: readonly VmSpec['network']['mode'][]
  /** The formats of images it takes; all of them when left out. */
  readonly diskFormats?: readonly DiskFormat[]
  /** How it can use an image; both ways when left out. */
  readonly diskUses?: readonly ('copy' | 'in-place')[]
  /** Where the machine's folder will be. */
  readonly folder: string
  readonly freeBytes: number | null
}

export interface ContainerCreateOptions {
  readonly kind: 'container'
  readonly endpointId: EndpointId
  /** Images already here, most recent first. */
  readonly images: readonly { readonly reference: string; readonly sizeBytes: number | null }[]
  readonly volumes: readonly string[]
  /** Networks it can be in besides the default one. */
  readonly networks?: readonly string[]
}

export type CreateOptions = VmCreateOptions | ContainerCreateOptions
