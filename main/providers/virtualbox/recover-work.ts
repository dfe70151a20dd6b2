import { setTimeout as delay } from 'node:timers/promises'
import { errorOf } from '../../../app/domain/errors.ts'
import * as commands from './commands.ts'
import type { Entry } from './entry.ts'
import { idOf } from './inventory.ts'
import { recoverMakings } from './making.ts'
import { parseInfo } from './parse.ts'
import { type ProviderContext, quietOp } from './provider-context.ts'
import { become, dropKept, dropSpent, finishRestore, powerOfSnapshot, rollBack, settlePower } from './restore.ts'
import type { KeptRestore } from './restore-records.ts'
import { type SnapshotOptions, snapshotOptions } from './snapshots.ts'
import { isResting, wordOf } from './states.ts'
import { recoverTrash } from './trash.ts'
import type { TrashStore } from './trash-store.ts'

/** VirtualBox goes on with what it was asked when Berth is gone: how long it is waited for, and how often it is asked. */
const settleMs = 10 * 60_000
const pauseMs = 500

/** Finds what an earlier Berth left half done, and finishes it, takes it back or says so. Every step may be done again. */
export async function recoverWork(base: ProviderContext, trash: TrashStore): Promise<void> {
  const context = snapshotOptions(base, trash)
  const attempt = async (what: string, uuid: string, work: () => Promise<void>): Promise<void> => {
    try {
      await work()
    } catch (error) {
      context.host.log.error('virtualbox.recover', { what, uuid, error: errorOf(error) })
    }
  }
  await recoverMakings(context, attempt)
  await recoverTrash(context, attempt)
  for (const uuid of await context.records.uuids()) {
    await attempt('restore', uuid, async () => {
      for (const record of (await context.records.read(uuid)).restores) {
        if (record.phase !== 'done') await recoverRestore(context, uuid, record)
      }
      const { spent } = await context.records.read(uuid)
      const entry = spent.length === 0 ? null : await context.inventory.find(idOf(uuid))
      if (entry === null || entry.problem !== null) return
      await settled(context, entry)
      for (const keptId of spent) await dropSpent(context, idOf(uuid), keptId)
      context.inventory.changed({ kind: 'snapshots', id: idOf(uuid) })
    })
  }
}

async function recoverRestore(context: SnapshotOptions, uuid: string, record: KeptRestore): Promise<void> {
  const id = idOf(uuid)
  const entry = await context.inventory.find(id)
  if (entry === null || entry.problem !== null) return
  context.host.log.info('virtualbox.recover.restore', { uuid, record: record.id, phase: record.phase })
  await settled(context, entry)
  if (record.phase === 'keeping') await dropKept(context, id, record)
  else await finishSwitch(context, uuid, record)
  context.inventory.changed({ kind: 'snapshots', id })
}

/** The present is kept and the switch was under way: it is carried through, or the present brought back. */
async function finishSwitch(context: SnapshotOptions, uuid: string, record: KeptRestore): Promise<void> {
  const id = idOf(uuid)
  const { inventory, records } = context
  const old = (await records.read(uuid)).restores.find((restore) => restore.id === record.replaces)
  const targetId = old === undefined ? record.snapshotId : (old.keptId ?? '')
  const boot = record.keptPower === 'running'
  try {
    const { settings, entry } = await inventory.get(id)
    if (settings.currentSnapshotId !== targetId) await become(context, id, targetId, { boot }, quietOp)
    else if (isResting(inventory.observedState(entry).word)) {
      await settlePower(context, id, await powerOfSnapshot(records, settings, targetId), boot, quietOp)
    }
  } catch (error) {
    // Says itself what became of it: the record is gone, or it names the copy that holds the machine.
    await rollBack(context, id, record, error, quietOp).catch((thrown) =>
      context.host.log.error('virtualbox.recover.back', { uuid, error: errorOf(thrown) }),
    )
    return
  }
  await finishRestore(context, id, record, quietOp)
}

/** Waits until VirtualBox itself is no longer at work on a machine: its files do not tell, the tool does. */
async function settled({ manage, queue, inventory }: ProviderContext, entry: Entry): Promise<void> {
  const until = performance.now() + settleMs
  for (;;) {
    const said = await queue.run(entry.uuid, () => manage.attempt(commands.showMachine(entry.uuid), quietOp))
    const word = wordOf(parseInfo(said.stdout).get('VMState') ?? '')
    if (isResting(word) || word === 'running' || word === 'paused' || performance.now() > until) break
    await delay(pauseMs)
  }
  await inventory.refresh(entry)
}
