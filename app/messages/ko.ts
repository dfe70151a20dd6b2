import { activityKo } from './areas/activity.ts'
import { builtinKo } from './areas/builtin.ts'
import { coreKo } from './areas/core.ts'
import { createKo } from './areas/create.ts'
import { createContainerKo } from './areas/create-container.ts'
import { detailKo } from './areas/detail.ts'
import { dockerKo } from './areas/docker.ts'
import { errorsKo } from './areas/errors.ts'
import { filesKo } from './areas/files.ts'
import { firstRunKo } from './areas/first-run.ts'
import { imagesKo } from './areas/images.ts'
import { insideKo } from './areas/inside.ts'
import { keptKo } from './areas/kept.ts'
import { listKo } from './areas/list.ts'
import { machineSettingsKo } from './areas/machine-settings.ts'
import { machinesKo } from './areas/machines.ts'
import { mockKo } from './areas/mock.ts'
import { movingKo } from './areas/moving.ts'
import { overviewKo } from './areas/overview.ts'
import { paletteKo } from './areas/palette.ts'
import { powerKo } from './areas/power.ts'
import { providersKo } from './areas/providers.ts'
import { qemuKo } from './areas/qemu.ts'
import { quitKo } from './areas/quit.ts'
import { removeKo } from './areas/remove.ts'
import { screenKo } from './areas/screen.ts'
import { snapshotsKo } from './areas/snapshots.ts'
import { stateKo } from './areas/state.ts'
import { stripKo } from './areas/strip.ts'
import { tasksKo } from './areas/tasks.ts'
import { terminalKo } from './areas/terminal.ts'
import { utmKo } from './areas/utm.ts'
import { virtualboxKo } from './areas/virtualbox.ts'
import { virtualboxWorkKo } from './areas/virtualbox-work.ts'
import { windowKo } from './areas/window.ts'
import type { Catalogue } from './text.ts'

/** Every sentence a person reads, in Korean. */
export const ko: Catalogue = {
  ...activityKo,
  ...builtinKo,
  ...coreKo,
  ...createContainerKo,
  ...createKo,
  ...detailKo,
  ...dockerKo,
  ...errorsKo,
  ...filesKo,
  ...firstRunKo,
  ...imagesKo,
  ...insideKo,
  ...keptKo,
  ...listKo,
  ...machineSettingsKo,
  ...machinesKo,
  ...mockKo,
  ...movingKo,
  ...overviewKo,
  ...paletteKo,
  ...powerKo,
  ...providersKo,
  ...qemuKo,
  ...quitKo,
  ...removeKo,
  ...screenKo,
  ...snapshotsKo,
  ...stateKo,
  ...stripKo,
  ...tasksKo,
  ...terminalKo,
  ...utmKo,
  ...virtualboxKo,
  ...virtualboxWorkKo,
  ...windowKo,
}
