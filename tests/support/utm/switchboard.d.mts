/** Runs one tool of a pretended Mac in this process; what it printed, and its exit code. */
export function runTool(
  folder: string,
  name: 'utmctl' | 'osascript' | 'ioreg',
  args: readonly string[],
): Promise<{ readonly code: number; readonly stdout: Buffer; readonly stderr: Buffer }>

/** Writes the tools into `bin` and answers for them until it is closed. */
export function openSwitchboard(folder: string, bin: string): Promise<{ readonly close: () => Promise<void> }>
