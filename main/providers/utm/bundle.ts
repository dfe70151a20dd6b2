import { basename, join } from 'node:path'
import { z } from 'zod'
import type { OpenableImage } from '../common/images/qemu-img.ts'
import { type ExtraArguments, extraArguments } from './extra-arguments.ts'
import { readPlist } from './plist.ts'

/** Where a bundle keeps what. */
export const configFile = 'config.plist'
const dataFolder = 'Data'
export const varsName = 'efi_vars.fd'
const tpmName = 'tpmdata'
/** What is kept of Berth's in a bundle: UTM clones, exports and moves it with the machine, and never cleans it up. */
export const ownFolder = 'berth'

const count = z.number().int().nonnegative()
const port = z.number().int().min(0).max(65_535)
const forwardSchema = z.object({
  Protocol: z.string().default('TCP'),
  HostAddress: z.string().optional(),
  HostPort: port,
  GuestAddress: z.string().optional(),
  GuestPort: port,
})
const driveSchema = z.object({
  Identifier: z.string().default(''),
  ImageName: z.string().optional(),
  ImageType: z.string().default('Disk'),
  Interface: z.string().default(''),
  ReadOnly: z.boolean().default(false),
})
const networkSchema = z
  .object({
    Mode: z.string(),
    Hardware: z.string().default(''),
    MacAddress: z.string().default(''),
    PortForward: listOf(forwardSchema),
  })
  .transform(({ PortForward, ...network }) => ({
    ...network,
    PortForward: PortForward.read,
    /** Forwards that are in the file and could not be read: nothing may write the list again without them. */
    unreadForwards: PortForward.unread,
  }))
/** A port is known by its place in the list, so one that cannot be read keeps its place. */
const serialSchema = z.object({ Mode: z.string(), TcpPort: count.optional() }).catch({ Mode: '' })

/** A list read entry by entry: one that cannot be read leaves the others, and is counted. */
function listOf<T>(schema: z.ZodType<T>) {
  return z.unknown().transform((value): { readonly read: T[]; readonly unread: number } => {
    if (value === undefined) return { read: [], unread: 0 }
    if (!Array.isArray(value)) return { read: [], unread: 1 }
    const read = value.flatMap((entry: unknown) => {
      const { data, success } = schema.safeParse(entry)
      return success ? [data] : []
    })
    return { read, unread: value.length - read.length }
  })
}

/** What Berth reads of a machine's `config.plist` (version 4, UTM 4 and later). What it does not know is passed over. */
const configSchema = z
  .object({
    Backend: z.string().default('QEMU'),
    ConfigurationVersion: z.number(),
    Information: z.object({
      Name: z.string(),
      UUID: z.string().transform((uuid) => uuid.toUpperCase()),
      Icon: z.string().optional(),
      IconCustom: z.boolean().default(false),
      Notes: z.string().optional(),
    }),
    System: z.object({
      Architecture: z.string().optional(),
      Target: z.string().optional(),
      CPUCount: count.default(0),
      /** MiB. */
      MemorySize: count,
      Boot: z.object({ OperatingSystem: z.string().optional() }).optional(),
    }),
    QEMU: z
      .object({ UEFIBoot: z.boolean().default(false), Hypervisor: z.boolean().default(false) })
      .default({ UEFIBoot: false, Hypervisor: false }),
    Drive: listOf(driveSchema),
    Network: listOf(networkSchema),
    Serial: z.array(serialSchema).catch([]).default([]),
  })
  .transform(({ Drive, Network, ...config }) => ({
    ...config,
    Drive: Drive.read,
    Network: Network.read,
    unread: { drives: Drive.unread, networks: Network.unread },
  }))
export type Config = z.infer<typeof configSchema> & { readonly extraArguments: ExtraArguments }
export type Drive = Config['Drive'][number]

/** A machine's bundle on the disk and what its configuration says. */
export interface Bundle {
  readonly path: string
  readonly config: Config
}

/** Throws what is wrong with a configuration as a whole; entries of its lists that cannot be read are only counted. */
export function parseConfig(value: unknown): Config {
  return { ...configSchema.parse(value), extraArguments: extraArguments(value) }
}

/** Reads a bundle's configuration; throws what is wrong with it, or what the system says when it is not there. */
export async function readBundle(path: string): Promise<Bundle> {
  return { path, config: parseConfig(await readPlist(join(path, configFile))) }
}

/** Whether a bundle is of the time before UTM 4, which UTM still runs and rewrites when its settings are saved. */
export async function isOldBundle(path: string): Promise<boolean> {
  const old = z.object({ ConfigurationVersion: z.number().max(3) })
  return readPlist(join(path, configFile)).then(
    (config) => old.safeParse(config).success,
    () => false,
  )
}

export function bundleName(path: string): string {
  return basename(path).replace(/\.utm$/i, '')
}

export function isApple({ config }: Bundle): boolean {
  return config.Backend === 'Apple'
}

/** Its own disks that its guest writes to: what a snapshot is of. */
export function writableDisks({ config }: Bundle): readonly Drive[] {
  return config.Drive.filter(
    ({ ImageName, ImageType, ReadOnly }) =>
      ImageName !== undefined && !ReadOnly && /^(Disk|VirtualDisk)$/.test(ImageType),
  )
}

/** Where a drive's image is; null for a removable drive, whose disc is elsewhere. */
export function imagePath({ path }: Pick<Bundle, 'path'>, { ImageName }: Drive): string | null {
  // A name is one file in the folder, whatever somebody wrote into the configuration.
  return ImageName === undefined ? null : join(path, dataFolder, basename(ImageName))
}

/** A qcow2 of a bundle. What it stands on elsewhere is UTM's and the person's affair; what is no file is not opened. */
export function ownImage(path: string): OpenableImage {
  return { path, format: 'qcow2', allowed: null }
}

/** The first removable drive: where a disc goes. */
export function discDrive({ config }: Bundle): Drive | null {
  return config.Drive.find(({ ImageName, ImageType }) => ImageName === undefined && ImageType === 'CD') ?? null
}

/** The variables of its firmware; null when it has none. */
export function varsPath(bundle: Bundle): string | null {
  return bundle.config.QEMU.UEFIBoot && !isApple(bundle) ? join(bundle.path, dataFolder, varsName) : null
}

export function tpmPath(bundle: Pick<Bundle, 'path'>): string {
  return join(bundle.path, dataFolder, tpmName)
}

/** Where the Apple machine keeps its memory while it is suspended. */
export function memoryPath(bundle: Pick<Bundle, 'path'>): string {
  return join(bundle.path, dataFolder, 'vmstate')
}

/** Berth's own folder in a bundle, and the file of its snapshot tree. */
export function ownFiles(bundle: Pick<Bundle, 'path'>): { readonly folder: string; readonly snapshots: string } {
  const folder = join(bundle.path, ownFolder)
  return { folder, snapshots: join(folder, 'snapshots.json') }
}
