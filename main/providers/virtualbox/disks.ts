import type { Slot } from './machine-commands.ts'
import type { Settings } from './settings-file.ts'
import type { StorageController } from './settings-hardware.ts'

const isIde = ({ type }: StorageController): boolean => /^PIIX|^ICH6/i.test(type)
const isFloppy = ({ type }: StorageController): boolean => /I82078/i.test(type)

/** Where a first disk and a drive go among the controllers that VirtualBox gave a new machine; null when there is none. */
export function slotsIn(controllers: readonly StorageController[]): {
  readonly disk: Slot | null
  readonly drive: Slot | null
  /** A controller that needs a second port for the drive. */
  readonly grow: string | null
} {
  const able = controllers.filter((controller) => !isFloppy(controller))
  const ide = able.find(isIde) ?? null
  const other = able.find((controller) => !isIde(controller)) ?? null
  const first = other ?? ide
  if (first === null) return { disk: null, drive: null, grow: null }
  const drive = ide ?? first
  return {
    disk: { controller: first.name, port: 0, device: 0 },
    drive: { controller: drive.name, port: 1, device: 0 },
    grow: drive === ide || (drive.portCount ?? 0) > 1 ? null : drive.name,
  }
}

/** A machine's first drive for discs; null when it has none. */
export function driveOf({ hardware }: Settings): Slot | null {
  for (const { name, devices } of hardware.controllers) {
    const found = devices.find(({ type }) => type === 'dvd')
    if (found !== undefined) return { controller: name, port: found.port, device: found.device }
  }
  return null
}
