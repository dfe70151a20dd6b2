import { dirname, join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { z } from 'zod'
import { failure } from '../../../app/domain/errors.ts'
import { removeDurably, syncTree } from '../../state/durable.ts'
import type { Reading } from '../../state/read-state.ts'
import { readRecord } from '../../state/record.ts'
import { reportReading } from '../common/definition-file.ts'
import { diskUse, exists, isPath, names, nullIfAbsent, remove } from '../common/files.ts'
import type { Host } from '../provider.ts'
import * as commands from './commands.ts'
import { idOf } from './inventory.ts'
import { type ProviderContext, quietOp, runOnMachine } from './provider-context.ts'
import { writeRecord } from './write-record.ts'

/** How long a command of an earlier Berth may go on, and how it is seen that it does not. */
const quietMs = 10 * 60_000
const quietPauseMs = 500
const quietLooks = 4

const makingSchema = z.object({
  version: z.literal(1),
  uuid: z.string().nullable(),
  /** Not there before, so that all in it is the new machine's. */
  folder: z.string().refine(isPath, 'not a path'),
})
export type Making = z.infer<typeof makingSchema>

function readMaking(path: string): Reading<Making | null> {
  return readRecord(path, 1, (fields) => {
    const folder = fields.need('folder', makingSchema.shape.folder)
    const uuid = fields.take('uuid', makingSchema.shape.uuid, null)
    return folder === null ? null : { version: 1, uuid, folder }
  })
}

function makingFolder({ dataDir }: Pick<Host, 'dataDir'>): string {
  return join(dataDir, 'making')
}

/**
 * Makes a machine whole or not at all. What is being made is written down before; when `make` fails, is called off, or Berth ends
 * in the middle, what is there of it is taken out of VirtualBox and its folder goes. Files elsewhere (a disk used in place) are
 * never touched.
 */
export async function makeWhole<T>(
  context: ProviderContext,
  { key, ...making }: Omit<Making, 'version'> & { readonly key: string },
  make: () => Promise<T>,
): Promise<T> {
  if (await exists(making.folder)) throw nameInUse()
  const path = join(makingFolder(context.host), `${key}.json`)
  await writeRecord(path, { version: 1, ...making })
  try {
    const made = await make()
    // VirtualBox does not sync what it has made; and a record that came back with a power cut would take the machine back.
    await syncTree(making.folder).catch(nullIfAbsent)
    await removeDurably(path)
    return made
  } catch (error) {
    await takeBack(context, { version: 1, ...making }).then(
      () => remove(path),
      (second) => context.host.log.error('virtualbox.make.rest', { folder: making.folder, error: String(second) }),
    )
    throw error
  }
}

export function nameInUse() {
  return failure(
    'already-exists',
    { key: 'virtualbox.error.nameInUse' },
    { hint: { key: 'virtualbox.error.nameInUse.hint' }, field: 'name' },
  )
}

async function takeBack(context: ProviderContext, { uuid, folder }: Making): Promise<void> {
  const { inventory } = context
  const registered = (await inventory.registry()).machines
  for (const [known, path] of registered) {
    if (known !== uuid && dirname(path) !== folder) continue
    const entry = await inventory.find(idOf(known))
    if (entry !== null) await runOnMachine(context, entry, commands.unregister(known), quietOp)
  }
  const rest = (await inventory.registry()).machines
  if ([...rest.values()].some((path) => dirname(path) === folder)) return
  await remove(folder)
  const { went } = await inventory.refreshRegistry()
  for (const { uuid: gone } of went) inventory.changed({ kind: 'removed', id: idOf(gone) })
}

/** What an earlier Berth was making: nothing of it was ever promised to be there. */
export async function recoverMakings(
  context: ProviderContext,
  attempt: (what: string, uuid: string, work: () => Promise<void>) => Promise<void>,
): Promise<void> {
  const folder = makingFolder(context.host)
  for (const name of (await names(folder)).filter((one) => one.endsWith('.json'))) {
    await attempt('making', name, async () => {
      const path = join(folder, name)
      const reading = readMaking(path)
      reportReading(context.host, path, reading)
      // A folder goes with it: nothing is taken away on the word of a record that is damaged anywhere, and the record stays.
      if (reading.kind !== 'read' || reading.value === null) return
      context.host.log.info('virtualbox.recover.making', { ...reading.value })
      await quiet(context, reading.value)
      await takeBack(context, reading.value)
      await remove(path)
      context.host.problems?.report(path, null)
    })
  }
}

/**
 * Waits until VirtualBox is no longer at work on it: a command outlives the Berth that gave it, and would register what was just
 * taken away. It is at work while the folder grows, and done when the machine is registered or nothing has changed for a while.
 */
async function quiet({ inventory }: ProviderContext, { uuid, folder }: Making): Promise<void> {
  let bytes = -1
  let unchanged = 0
  for (const until = performance.now() + quietMs; performance.now() < until && unchanged < quietLooks; ) {
    const { machines } = await inventory.registry()
    const isThere = [...machines].some(([known, path]) => known === uuid || dirname(path) === folder)
    if (isThere && unchanged > 0) return
    const now = await diskUse(folder)
    unchanged = now === bytes ? unchanged + 1 : 0
    bytes = now
    await delay(quietPauseMs)
  }
}

/**
 * What VirtualBox calls the folder of a new machine, after its `sanitiseMachineFilename`: all but a few signs and the letters from
 * Latin to Hangul become `_`, one for each byte.
 */
export function folderName(name: string): string {
  const plain = [...name]
    .map((sign) => {
      const code = sign.codePointAt(0) ?? 0
      const isFit = /[ ().0-9A-Za-z_-]/.test(sign) || (code >= 0xa0 && code <= 0xd7af)
      return isFit ? sign : '_'.repeat(Buffer.byteLength(sign))
    })
    .join('')
    .replace(/^[.-]/, '_')
    .replace(/\.$/, '_')
  return plain.replace(/^ +| +$/g, (spaces) => '_'.repeat(spaces.length))
}
