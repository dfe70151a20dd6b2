import { useEffect } from 'react'
import { useStore } from 'zustand'
import { createStore } from 'zustand/vanilla'
import type { Client } from '../../app/contract/client.ts'
import { type AppError, errorOf } from '../../app/domain/errors.ts'
import type { MachineId } from '../../app/domain/ids.ts'
import type { SnapshotTree } from '../../app/domain/snapshot.ts'
import { currentClient, onConnected } from './connect.ts'

/** A machine's tree as last read. After a failure the last tree stays, so that it can still be looked at. */
export interface TreeEntry {
  readonly tree: SnapshotTree | null
  readonly error: AppError | null
}

export interface SnapshotsState {
  /** Only of machines on screen. */
  readonly byMachine: ReadonlyMap<MachineId, TreeEntry>
}

export const snapshotStore = createStore<SnapshotsState>(() => ({ byMachine: new Map() }))

const loading: TreeEntry = { tree: null, error: null }
const viewers = new Map<MachineId, number>()
/** Reads under way: a change that comes meanwhile makes one more, so that the last answer is never older than it. */
const reads = new Map<MachineId, { isStale: boolean }>()

/** The machine's tree while this component shows; read when first wanted and again whenever it changed. */
export function useSnapshotTree(id: MachineId, isWanted: boolean): TreeEntry {
  useEffect(() => {
    if (!isWanted) return
    viewers.set(id, (viewers.get(id) ?? 0) + 1)
    void read(id)
    return () => {
      const left = (viewers.get(id) ?? 1) - 1
      if (left > 0) return void viewers.set(id, left)
      viewers.delete(id)
      snapshotStore.setState(({ byMachine }) => ({ byMachine: new Map([...byMachine].filter(([key]) => key !== id)) }))
    }
  }, [id, isWanted])
  return useStore(snapshotStore, ({ byMachine }) => byMachine.get(id) ?? loading)
}

/** Reads the tree again, as after a failure. */
export function readTree(id: MachineId): void {
  void read(id)
}

onConnected((client: Client) => {
  client.on('snapshots.changed', ({ machineId }) => {
    if (viewers.has(machineId)) void read(machineId)
  })
  for (const id of viewers.keys()) void read(id)
})

async function read(id: MachineId): Promise<void> {
  const under = reads.get(id)
  if (under !== undefined) {
    under.isStale = true
    return
  }
  const client = currentClient()
  if (client === null) return
  const mine = { isStale: false }
  reads.set(id, mine)
  try {
    const tree = await client.call('snapshot.tree', { id })
    put(id, () => ({ tree, error: null }))
  } catch (thrown) {
    put(id, ({ tree }) => ({ tree, error: errorOf(thrown) }))
  } finally {
    reads.delete(id)
  }
  if (mine.isStale && viewers.has(id)) void read(id)
}

function put(id: MachineId, change: (before: TreeEntry) => TreeEntry): void {
  if (!viewers.has(id)) return
  snapshotStore.setState(({ byMachine }) => ({
    byMachine: new Map(byMachine).set(id, change(byMachine.get(id) ?? loading)),
  }))
}
