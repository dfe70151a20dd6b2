/**
 * Argument lists of `utmctl`, after its own source (utmctl/UTMCtl.swift, 4.7 to 5.0). Machines are named by UUID. A value
 * that a person typed is joined to its option, so that one which begins with a dash is not taken for another option.
 */
export const utmctlArguments = {
  /** Tells which subcommands this version has; asks nothing of UTM. */
  help: (): readonly string[] => ['--help'],
  list: (): readonly string[] => ['list'],
  status: (uuid: string): readonly string[] => ['status', uuid],
  /** Also goes on with a paused machine, and wakes a suspended one. */
  start: (uuid: string): readonly string[] => ['start', uuid],
  /** With `save`, its memory is written into its disk images as well; it stays paused either way. */
  suspend: (uuid: string, { save }: { readonly save: boolean }): readonly string[] => [
    'suspend',
    ...(save ? ['--save-state'] : []),
    uuid,
  ],
  /** Never without its style: left out, it pulls the plug. */
  stop: (uuid: string, style: 'request' | 'force' | 'kill'): readonly string[] => ['stop', `--${style}`, uuid],
  attach: (uuid: string, index: number): readonly string[] => ['attach', '--index', String(index), uuid],
  addresses: (uuid: string): readonly string[] => ['ip-address', uuid],
  /** Writes a file of the guest to the standard output, through the guest agent. */
  pull: (uuid: string, path: string): readonly string[] => ['file', 'pull', uuid, path],
  /** Writes the standard input to a file of the guest, through the guest agent: over whatever is there. */
  push: (uuid: string, path: string): readonly string[] => ['file', 'push', uuid, path],
  /** All that comes after `--cmd` is the guest's. Ends with the command's own exit code. */
  execute: (uuid: string, command: readonly string[]): readonly string[] => ['exec', uuid, '--cmd', ...command],
  clone: (uuid: string, name: string): readonly string[] => ['clone', uuid, `--name=${name}`],
  /** There is no confirmation: what is at the bundle's path is gone. */
  delete: (uuid: string): readonly string[] => ['delete', uuid],
  snapshot: (what: 'create' | 'restore' | 'delete', uuid: string, tag: string): readonly string[] => [
    'snapshot',
    what,
    uuid,
    `--name=${tag}`,
  ],
} as const

/** Whether UTM's app runs, asked without starting it: `utmctl` would. Exit 0 with its id, 1 when it does not. */
export const appArguments: readonly string[] = ['-x', 'UTM']

/** The console's sessions as a property list, for whether the screen is locked. */
export const sessionArguments: readonly string[] = ['-n', 'Root', '-d1', '-a']
