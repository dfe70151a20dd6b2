import { z } from 'zod'
import { type EndpointId, type MachineId, parseId } from '../domain/ids.ts'
import { maxPixels, minPixels } from '../domain/screen.ts'
import {
  configureSpecSchema,
  createSpecSchema,
  descriptionSchema,
  diskFormats,
  nameSchema,
  pathSchema,
} from '../domain/spec.ts'

/** For calls that need nothing. */
export const nothing = z.undefined()

const idText = z
  .string()
  .max(400)
  .refine((text) => parseId(text) !== null)

export const machineIdSchema = idText as unknown as z.ZodType<MachineId>
export const endpointIdSchema = idText as unknown as z.ZodType<EndpointId>
/** Random ids and the tools' own handles: one line without control characters. */
export const handleSchema = z
  .string()
  .min(1)
  .max(300)
  .regex(/^[^\x00-\x1f\x7f]+$/)

export const byMachine = z.object({ id: machineIdSchema })
export const byMachines = z.object({ ids: z.array(machineIdSchema).max(10_000) })
export const byEndpoint = z.object({ endpointId: endpointIdSchema })
export const byTask = z.object({ taskId: handleSchema })
export const bySession = z.object({ sessionId: handleSchema })
export const bySnapshot = z.object({ id: machineIdSchema, snapshotId: handleSchema })
export const bySnapshots = z.object({ id: machineIdSchema, snapshotIds: z.array(handleSchema).min(1).max(1000) })
export const byRestore = z.object({ id: machineIdSchema, restoreId: handleSchema })
/** `name`: what the snapshot is called from then on. */
export const keepRestoreRequest = byRestore.extend({ name: nameSchema })

export const renameRequest = z.object({ id: machineIdSchema, name: nameSchema })
export const configureRequest = z.object({ id: machineIdSchema, changes: configureSpecSchema })
export const createRequest = z.object({ spec: createSpecSchema })
export const cloneRequest = z.object({
  id: machineIdSchema,
  name: nameSchema,
  mode: z.enum(['full', 'linked']),
  /** null clones the present state. */
  snapshotId: handleSchema.nullable(),
})
/** A new file for a machine: nothing may be there yet. */
export const exportRequest = z.object({ id: machineIdSchema, path: pathSchema, format: handleSchema })
/** A place inside a machine, in its own system's way of writing it. */
const insideSchema = z
  .string()
  .max(4096)
  .regex(/^(?:\/|[A-Za-z]:[\\/])[^\x00-\x1f\x7f]*$/)
export const sendFilesRequest = z.object({ id: machineIdSchema, path: pathSchema, folder: insideSchema })
/** `path` is new: nothing may be there yet. */
export const fetchFilesRequest = z.object({ id: machineIdSchema, inside: insideSchema, path: pathSchema })
export const runCommandRequest = z.object({
  id: machineIdSchema,
  /** A program and its arguments: no shell reads them. */
  command: z
    .array(
      z
        .string()
        .max(32_000)
        .regex(/^[^\x00]*$/),
    )
    .min(1)
    .max(1000),
})
export const locatePlanRequest = z.object({ id: machineIdSchema, path: pathSchema })
export const locateRequest = z.object({
  id: machineIdSchema,
  path: pathSchema,
  /** Those of the plan's `unknown` that the person was shown and said yes to. */
  acknowledged: z.array(z.string().max(1000)).max(10_000),
})
export const inspectRequest = z.object({ endpointId: endpointIdSchema, path: pathSchema })
/** null: the format that the file's first bytes tell. */
export const inspectImageRequest = z.object({
  path: pathSchema,
  format: z.enum(diskFormats).nullable(),
  use: z.enum(['copy', 'in-place']),
})
export const importRequest = z.object({
  endpointId: endpointIdSchema,
  path: pathSchema,
  /** null keeps the name in the file. */
  name: nameSchema.nullable(),
})
export const removeRequest = z.object({
  id: machineIdSchema,
  /** Volumes to remove as well: only those that the plan named. */
  volumes: z.array(z.string().max(4096)).max(1000),
  /** The machine's name as typed, where the plan's way is `gone`; null for the trash. */
  typedName: z.string().max(1000).nullable(),
})
const trashIds = z.array(handleSchema).min(1).max(1000)
export const byTrash = z.object({ trashIds })
/** `acknowledged`: names of the plan's `unknown` that the person was shown. */
export const purgeRequest = byTrash.extend({ acknowledged: z.array(z.string().max(1000)).max(10_000).optional() })
export const takeSnapshotRequest = z.object({
  id: machineIdSchema,
  name: nameSchema,
  description: descriptionSchema,
  memory: z.boolean(),
})
export const editSnapshotRequest = z.object({
  id: machineIdSchema,
  snapshotId: handleSchema,
  name: nameSchema,
  description: descriptionSchema,
})
export const annotateRequest = z.object({
  id: machineIdSchema,
  pinned: z.boolean().optional(),
  tags: z.array(z.string().trim().min(1).max(64)).max(64).optional(),
  note: z.string().max(10_000).optional(),
})

export const consoleWindowRequest = z.object({ id: machineIdSchema, consoleId: handleSchema.nullable() })

export const openConsoleRequest = z.object({
  id: machineIdSchema,
  consoleId: handleSchema,
  /** For shells: whom to be and where to start; null lets the machine decide. */
  user: z.string().max(200).nullable(),
  folder: pathSchema.nullable(),
})
export const openHostRequest = z.object({
  /** Typed at the prompt for the person to send off: one line, so that nothing runs by itself. null types nothing. */
  typed: z
    .string()
    .max(4000)
    .regex(/^[^\x00-\x1f\x7f-\x9f]*$/)
    .nullable(),
})
const columns = z.number().int().min(2).max(1000)
const rows = z.number().int().min(1).max(1000)
export const attachRequest = z.object({ sessionId: handleSchema, columns, rows })
/** What a terminal sends up. Input is UTF-8 bytes or text; `ack` counts the bytes of `data` frames that xterm has taken. */
export const consoleUp = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('input'), data: z.string().max(1_000_000) }),
  z.object({ kind: z.literal('resize'), columns, rows }),
  z.object({ kind: z.literal('ack'), bytes: z.number().int().min(0) }),
])

export const attachScreenRequest = z.object({
  id: machineIdSchema,
  consoleId: handleSchema,
  /** A thumbnail, for which a picture some seconds old is new enough. */
  isThumbnail: z.boolean(),
})
const pointer = {
  buttons: z.number().int().min(0).max(31),
  wheelX: z.number().int().min(-100).max(100),
  wheelY: z.number().int().min(-100).max(100),
}
const place = z.number().int().min(0).max(maxPixels)
const way = z.number().int().min(-maxPixels).max(maxPixels)
/** What a person does to a screen. `shown` acknowledges the frame of that number and all before it. */
const screenSide = z.number().int().min(minPixels).max(maxPixels)
export const screenUp = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('shown'), frame: z.number().int().min(0) }),
  z.object({ kind: z.literal('key'), code: z.string().regex(/^[A-Za-z0-9]{1,32}$/), isDown: z.boolean() }),
  z.object({ kind: z.literal('type'), text: z.string().max(100_000) }),
  z.object({
    kind: z.literal('pointer'),
    input: z.discriminatedUnion('kind', [
      z.object({ kind: z.literal('at'), x: place, y: place, ...pointer }),
      z.object({ kind: z.literal('by'), dx: way, dy: way, ...pointer }),
    ]),
  }),
  /** The size in pixels that this viewer has room for, wished of the guest. */
  z.object({ kind: z.literal('resize'), width: screenSide, height: screenSide }),
  /** Tries again now; `takeOver` though another program has it. */
  z.object({ kind: z.literal('open'), takeOver: z.boolean() }),
])

export const settingsRequest = z.object({ changes: z.record(z.string(), z.unknown()) })
export const activityRequest = z.object({
  /** null for all machines. */
  id: machineIdSchema.nullable(),
  /** Newest entries, at most this many, older than `before` (ISO 8601) when given. */
  limit: z.number().int().min(1).max(500),
  before: z.string().max(40).nullable(),
})
const filePurpose = z.enum(['disk-image', 'iso', 'machine-file', 'settings-file', 'bios', 'any', 'folder', 'tool'])
export const pickRequest = z.object({ purpose: filePurpose })
export const browseRequest = z.object({
  /** Folder to list; null for the person's home. */
  path: pathSchema.nullable(),
  purpose: filePurpose,
})
export const revealRequest = z.object({ path: pathSchema })
export const externalRequest = z.object({ url: z.string().max(4096).url() })
export const toolPathRequest = z.object({ tool: handleSchema, path: pathSchema.nullable() })
export const quitRequest = z.object({ mode: z.enum(['keep', 'suspend', 'shut-down', 'cancel']) })
/** `ids`: all whose figures are shown; `closeIds`: those of them that somebody has open. */
export const statsUp = byMachines.extend({ closeIds: byMachines.shape.ids })
