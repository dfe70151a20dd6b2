import { startBareProcess } from './bare-process.ts'

/** What a shell's prompt looks like in the serial log, with nothing said since. */
export const promptInLog = /root@linux:~# $/

/** v86 by itself with the Linux that comes with Berth, at its prompt. */
export interface BareLinux {
  readonly pid: number
  /** Keeps its state and its disk; milliseconds. */
  save(): Promise<number>
  /** Types a line into the guest that ends with saying `done-` and a number, and waits for that. */
  run(line: string): Promise<void>
  /** Switches its network on. */
  online(): void
  end(): Promise<void>
}

/**
 * `cold`: from its disk. `first`: from the memory that comes with it. With `networkPort` its card has v86's own adapter, which carries
 * all connections there.
 */
export async function bareLinux(mode: 'cold' | 'first', networkPort?: number): Promise<BareLinux> {
  const port = networkPort === undefined ? [] : [String(networkPort)]
  const bare = await startBareProcess('bare-linux', (folder) => [folder, mode, ...port])
  await bare.until('prompt')
  return {
    pid: bare.pid,
    async save() {
      bare.tell('save')
      return Number(await bare.next())
    },
    async run(line) {
      bare.tell(line)
      await bare.until('done')
    },
    online: () => bare.tell('network on'),
    end: bare.end,
  }
}
