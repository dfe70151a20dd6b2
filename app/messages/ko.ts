import { builtinKo } from './areas/builtin.ts'
import { coreKo } from './areas/core.ts'
import { createKo } from './areas/create.ts'
import { detailKo } from './areas/detail.ts'
import { dockerKo } from './areas/docker.ts'
import { errorsKo } from './areas/errors.ts'
import { imagesKo } from './areas/images.ts'
import { insideKo } from './areas/inside.ts'
import { keptKo } from './areas/kept.ts'
import { listKo } from './areas/list.ts'
import { machinesKo } from './areas/machines.ts'
import { mockKo } from './areas/mock.ts'
import { movingKo } from './areas/moving.ts'
import { powerKo } from './areas/power.ts'
import { providersKo } from './areas/providers.ts'
import { qemuKo } from './areas/qemu.ts'
import { screenKo } from './areas/screen.ts'
import { stateKo } from './areas/state.ts'
import { tasksKo } from './areas/tasks.ts'
import { terminalKo } from './areas/terminal.ts'
import { utmKo } from './areas/utm.ts'
import { virtualboxKo } from './areas/virtualbox.ts'
import { virtualboxWorkKo } from './areas/virtualbox-work.ts'
import type { Catalogue } from './text.ts'

/** Every sentence a person reads, in Korean. */
export const ko: Catalogue = {
  ...coreKo,
  ...createKo,
  ...detailKo,
  ...dockerKo,
  ...errorsKo,
  ...builtinKo,
  ...keptKo,
  ...listKo,
  ...machinesKo,
  ...mockKo,
  ...imagesKo,
  ...insideKo,
  ...movingKo,
  ...powerKo,
  ...providersKo,
  ...qemuKo,
  ...screenKo,
  ...stateKo,
  ...tasksKo,
  ...terminalKo,
  ...utmKo,
  ...virtualboxKo,
  ...virtualboxWorkKo,
}
