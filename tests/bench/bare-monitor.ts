import { startBareProcess } from './bare-process.ts'

/** v86 by itself, with Berth's guest waiting for a line. */
export interface BareMonitor {
  readonly pid: number
  /** Keeps its state; milliseconds. */
  save(): Promise<number>
  end(): Promise<void>
}

export async function bareMonitor(): Promise<BareMonitor> {
  const bare = await startBareProcess('bare-v86', (folder) => ['save', folder])
  await bare.until('waiting')
  return {
    pid: bare.pid,
    async save() {
      bare.tell('save')
      return Number(await bare.next())
    },
    end: bare.end,
  }
}
