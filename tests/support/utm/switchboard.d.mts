export interface Switchboard {
  /** Runs one tool in this process; what it printed, and its exit code. */
  readonly run: (
    name: 'utmctl' | 'osascript' | 'ioreg',
    args: readonly string[],
  ) => Promise<{ readonly code: number; readonly stdout: Buffer; readonly stderr: Buffer }>
  /** Afterwards nobody starts the app any more. */
  readonly close: () => Promise<void>
}

/** Writes the tools of a pretended Mac into `bin` and answers for them until it is closed. */
export function openSwitchboard(folder: string, bin: string): Promise<Switchboard>
