import { randomBytes } from 'node:crypto'
import { mkdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Op } from '../provider.ts'
import * as commands from './control-commands.ts'
import type { Entry } from './entry.ts'
import { idOf } from './inventory.ts'
import { berthsDisplay } from './settings-hardware.ts'
import { isResting } from './states.ts'
import { act, quietOp, type World } from './world.ts'

export const loopback = '127.0.0.1'

/** From a command that ended a run to the state it leads to. */
const settleMs = 30_000

/**
 * Writes into a running machine's settings that its remote display is Berth's, and where and for whom it will be served. The mark is
 * written first and taken out last: whatever becomes of Berth in between, the next one knows that this is to be put back.
 */
export async function prepareDisplay(
  world: World,
  entry: Entry,
  { port, password }: { readonly port: number; readonly password: string },
  op: Op,
): Promise<void> {
  const { uuid } = entry
  const set = (name: string, value: string): Promise<string> =>
    act(world, entry, commands.displayProperty(uuid, 'on', name, value), op)
  await set(berthsDisplay.name, berthsDisplay.value)
  // Otherwise VirtualBox makes a certificate and its key in the machine's folder, which VNC has no use for.
  await set('Security/Method', 'RDP')
  await set('TCP/Address', loopback)
  await act(world, entry, commands.displayPort(uuid, 'on', port), op)
  const { runtimeDir } = world.host
  await mkdir(runtimeDir, { recursive: true, mode: 0o700 })
  const path = join(runtimeDir, `${randomBytes(6).toString('hex')}.args`)
  const line = commands.displayProperty(uuid, 'on', 'VNCPassword', password).join(' ')
  try {
    await writeFile(path, `${line}\n`, { mode: 0o600 })
    await act(world, entry, commands.fromFile(path), op, { secrets: [password] })
  } finally {
    await rm(path, { force: true })
  }
}

/**
 * Makes a machine's remote display as it was before Berth switched it on, whether the machine runs, is off or is saved; also what a
 * snapshot, a copy or an earlier Berth left. Does nothing where the display is a person's own.
 */
export async function putDisplayBack(world: World, entry: Entry): Promise<void> {
  const { inventory } = world
  const { uuid } = entry
  await inventory.refresh(entry)
  if (entry.problem !== null || entry.settings?.hardware.remoteDisplay.isBerths !== true) return
  const isSettled = (word: string): boolean => isResting(word) || word === 'running' || word === 'paused'
  const { word } = await inventory.until(idOf(uuid), (sight) => isSettled(sight.word), quietOp, settleMs)
  const machineIs = isResting(word) ? 'off' : 'on'
  await act(world, entry, commands.switchDisplay(uuid, machineIs, 'off'), quietOp)
  await act(world, entry, commands.displayPort(uuid, machineIs, 'default'), quietOp)
  for (const name of ['VNCPassword', 'TCP/Address', 'Security/Method', berthsDisplay.name]) {
    await act(world, entry, commands.displayProperty(uuid, machineIs, name, ''), quietOp)
  }
  await inventory.refresh(entry)
}
