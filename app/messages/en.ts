import { activityEn } from './areas/activity.ts'
import { builtinEn } from './areas/builtin.ts'
import { coreEn } from './areas/core.ts'
import { createEn } from './areas/create.ts'
import { createContainerEn } from './areas/create-container.ts'
import { detailEn } from './areas/detail.ts'
import { dockerEn } from './areas/docker.ts'
import { errorsEn } from './areas/errors.ts'
import { filesEn } from './areas/files.ts'
import { firstRunEn } from './areas/first-run.ts'
import { imagesEn } from './areas/images.ts'
import { insideEn } from './areas/inside.ts'
import { keptEn } from './areas/kept.ts'
import { listEn } from './areas/list.ts'
import { machineSettingsEn } from './areas/machine-settings.ts'
import { machinesEn } from './areas/machines.ts'
import { mockEn } from './areas/mock.ts'
import { movingEn } from './areas/moving.ts'
import { overviewEn } from './areas/overview.ts'
import { paletteEn } from './areas/palette.ts'
import { powerEn } from './areas/power.ts'
import { providersEn } from './areas/providers.ts'
import { qemuEn } from './areas/qemu.ts'
import { quitEn } from './areas/quit.ts'
import { removeEn } from './areas/remove.ts'
import { screenEn } from './areas/screen.ts'
import { snapshotsEn } from './areas/snapshots.ts'
import { stateEn } from './areas/state.ts'
import { stripEn } from './areas/strip.ts'
import { tasksEn } from './areas/tasks.ts'
import { terminalEn } from './areas/terminal.ts'
import { utmEn } from './areas/utm.ts'
import { virtualboxEn } from './areas/virtualbox.ts'
import { virtualboxWorkEn } from './areas/virtualbox-work.ts'
import { windowEn } from './areas/window.ts'
import type { Message } from './text.ts'

/**
 * Every sentence a person reads, in English: the source of the message keys. Each area's file holds both languages side by
 * side; a key that one of them lacks does not compile.
 */
export const en = {
  ...activityEn,
  ...builtinEn,
  ...coreEn,
  ...createContainerEn,
  ...createEn,
  ...detailEn,
  ...dockerEn,
  ...errorsEn,
  ...filesEn,
  ...firstRunEn,
  ...imagesEn,
  ...insideEn,
  ...keptEn,
  ...listEn,
  ...machineSettingsEn,
  ...machinesEn,
  ...mockEn,
  ...movingEn,
  ...overviewEn,
  ...paletteEn,
  ...powerEn,
  ...providersEn,
  ...qemuEn,
  ...quitEn,
  ...removeEn,
  ...screenEn,
  ...snapshotsEn,
  ...stateEn,
  ...stripEn,
  ...tasksEn,
  ...terminalEn,
  ...utmEn,
  ...virtualboxEn,
  ...virtualboxWorkEn,
  ...windowEn,
} as const satisfies Readonly<Record<string, Message>>
