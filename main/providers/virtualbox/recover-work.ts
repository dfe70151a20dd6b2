import { setTimeout as delay } from 'node:timers/promises'
import { errorOf } from '../../../app/domain/errors.ts'
import * as commands from './commands.ts'
import type { Entry } from './entry.ts'
import { idOf } from './inventory.ts'
import { recoverMakings } from './making.ts'
import { parseInfo } from './parse.ts'
import { become, dropKept, dropSpent, finishRestore, powerOfSnapshot, rollBack, settlePower } from './restore.ts'
import type { KeptRestore } from './restore-records.ts'
import { type SnapshotWorld, snapshotWorld } from './snapshots.ts'
import { isResting, wordOf } from './states.ts'
import { recoverTrash } from './trash.ts'
import type { TrashStore } from './trash-store.ts'
import { quietOp, type World } from './world.ts'

/** VirtualBox goes on with what it was asked when Berth is gone: how long it is waited for, and how often it is asked. */
const settleMs = 10 * 60_000
const pauseMs = 500

/** Finds what an earlier Berth left half done, and finishes it, takes it back or says so. Every step may be done again. */
export async function recoverWork(base: World, trash: TrashStore): Promise<void> {
  const world = snapshotWorld(base, trash)
  const attempt = async (what: string, uuid: string, work: () => Promise<void>): Promise<void> => {
    try {
      await work()
    } catch (error) {
      world.host.log.error('virtualbox.recover', { what, uuid, error: errorOf(error) })
    }
  }
  await recoverMakings(world, attempt)
  await recoverTrash(world, attempt)
  for (const uuid of await world.records.uuids()) {
    await attempt('restore', uuid, async () => {
      for (const record of (await world.records.read(uuid)).restores) {
        if (record.phase !== 'done') await recoverRestore(world, uuid, record)
      }
      const { spent } = await world.records.read(uuid)
      const entry = spent.length === 0 ? null : await world.inventory.find(idOf(uuid))
      if (entry === null || entry.problem !== null) return
      await settled(world, entry)
      for (const keptId of spent) await dropSpent(world, idOf(uuid), keptId)
      world.inventory.changed({ kind: 'snapshots', id: idOf(uuid) })
    })
  }
}

async function recoverRestore(world: SnapshotWorld, uuid: string, record: KeptRestore): Promise<void> {
  const id = idOf(uuid)
  const entry = await world.inventory.find(id)
  if (entry === null || entry.problem !== null) return
  world.host.log.info('virtualbox.recover.restore', { uuid, record: record.id, phase: record.phase })
  await settled(world, entry)
  if (record.phase === 'keeping') await dropKept(world, id, record)
  else await finishSwitch(world, uuid, record)
  world.inventory.changed({ kind: 'snapshots', id })
}

/** The present is kept and the switch was under way: it is carried through, or the present brought back. */
async function finishSwitch(world: SnapshotWorld, uuid: string, record: KeptRestore): Promise<void> {
  const id = idOf(uuid)
  const { inventory, records } = world
  const old = (await records.read(uuid)).restores.find((restore) => restore.id === record.replaces)
  const targetId = old === undefined ? record.snapshotId : (old.keptId ?? '')
  const boot = record.keptPower === 'running'
  try {
    const { settings, entry } = await inventory.get(id)
    if (settings.currentSnapshotId !== targetId) await become(world, id, targetId, { boot }, quietOp)
    else if (isResting(inventory.sight(entry).word)) {
      await settlePower(world, id, await powerOfSnapshot(records, settings, targetId), boot, quietOp)
    }
  } catch (error) {
    // Says itself what became of it: the record is gone, or it names the copy that holds the machine.
    await rollBack(world, id, record, error, quietOp).catch((thrown) =>
      world.host.log.error('virtualbox.recover.back', { uuid, error: errorOf(thrown) }),
    )
    return
  }
  await finishRestore(world, id, record, quietOp)
}

/** Waits until VirtualBox itself is no longer at work on a machine: its files do not tell, the tool does. */
async function settled({ manage, queue, inventory }: World, entry: Entry): Promise<void> {
  const until = performance.now() + settleMs
  for (;;) {
    const said = await queue.run(entry.uuid, () => manage.attempt(commands.showMachine(entry.uuid), quietOp))
    const word = wordOf(parseInfo(said.stdout).get('VMState') ?? '')
    if (isResting(word) || word === 'running' || word === 'paused' || performance.now() > until) break
    await delay(pauseMs)
  }
  await inventory.refresh(entry)
}
