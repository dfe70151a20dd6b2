import { builtinEn } from './areas/builtin.ts'
import { coreEn } from './areas/core.ts'
import { createEn } from './areas/create.ts'
import { detailEn } from './areas/detail.ts'
import { dockerEn } from './areas/docker.ts'
import { errorsEn } from './areas/errors.ts'
import { imagesEn } from './areas/images.ts'
import { insideEn } from './areas/inside.ts'
import { keptEn } from './areas/kept.ts'
import { listEn } from './areas/list.ts'
import { machinesEn } from './areas/machines.ts'
import { mockEn } from './areas/mock.ts'
import { movingEn } from './areas/moving.ts'
import { powerEn } from './areas/power.ts'
import { providersEn } from './areas/providers.ts'
import { qemuEn } from './areas/qemu.ts'
import { screenEn } from './areas/screen.ts'
import { stateEn } from './areas/state.ts'
import { tasksEn } from './areas/tasks.ts'
import { terminalEn } from './areas/terminal.ts'
import { utmEn } from './areas/utm.ts'
import { virtualboxEn } from './areas/virtualbox.ts'
import { virtualboxWorkEn } from './areas/virtualbox-work.ts'
import type { Message } from './text.ts'

/**
 * Every sentence a person reads, in English: the source of the message keys. Each area's file holds both languages side by
 * side; a key that one of them lacks does not compile.
 */
export const en = {
  ...coreEn,
  ...createEn,
  ...detailEn,
  ...dockerEn,
  ...errorsEn,
  ...builtinEn,
  ...keptEn,
  ...listEn,
  ...machinesEn,
  ...mockEn,
  ...imagesEn,
  ...insideEn,
  ...movingEn,
  ...powerEn,
  ...providersEn,
  ...qemuEn,
  ...screenEn,
  ...stateEn,
  ...tasksEn,
  ...terminalEn,
  ...utmEn,
  ...virtualboxEn,
  ...virtualboxWorkEn,
} as const satisfies Readonly<Record<string, Message>>
