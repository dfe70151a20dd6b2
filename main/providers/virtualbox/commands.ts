/**
 * Argument lists of VBoxManage. Machines and snapshots are named by UUID, so that what a person typed is never read as an
 * option or as another machine's name.
 */

/** The check mark tells at once whether VirtualBox can read arguments in this locale: it ends with 3 when it can't. */
export const version = (): readonly string[] => ['--version', '✓']
export const listMachines = (): readonly string[] => ['list', 'vms']
export const listMachinesLong = (): readonly string[] => ['list', '--long', 'vms']
export const listRunning = (): readonly string[] => ['list', 'runningvms']
/** States of what runs, without taking a machine as `showvminfo` does. */
export const listRunningLong = (): readonly string[] => ['list', '--long', 'runningvms']
export const listExtensionPacks = (): readonly string[] => ['list', 'extpacks']
export const showMachine = (uuid: string): readonly string[] => ['showvminfo', uuid, '--machinereadable']

export type FrontEnd = 'headless' | 'gui' | 'separate'
export const start = (uuid: string, frontEnd: FrontEnd): readonly string[] => ['startvm', uuid, '--type', frontEnd]
export type Control = 'pause' | 'resume' | 'reset' | 'poweroff' | 'savestate' | 'acpipowerbutton'
export const control = (uuid: string, how: Control): readonly string[] => ['controlvm', uuid, how]
export const discardState = (uuid: string): readonly string[] => ['discardstate', uuid]

/** A note in a machine's settings, which are written anew by it, whatever the machine's state; null takes it away. */
export const note = (uuid: string, key: string, value: string | null): readonly string[] => [
  'setextradata',
  uuid,
  key,
  ...(value === null ? [] : [value]),
]

export const register = (path: string): readonly string[] => ['registervm', path]
/** Leaves every file where it is. */
export const unregister = (uuid: string): readonly string[] => ['unregistervm', uuid]
