import { type BrowserWindow, Notification } from 'electron'
import type { InventoryChange } from '../app/contract/views.ts'
import type { Task } from '../app/domain/task.ts'
import { taskText } from '../app/domain/task-text.ts'
import type { Text } from '../app/messages/text.ts'
import { type Locale, write } from '../app/messages/write.ts'
import { isWorthTelling } from './services/long-tasks.ts'
import { watchStandstills } from './services/standstills.ts'

/** Where what happens is told while the window can't: it is hidden, minimized or closed. */
export interface Teller {
  readonly window: () => BrowserWindow | null
  readonly locale: () => Locale
  /** What choosing a notification does: it shows the window. */
  readonly show: () => void
}

/** Tells the system of a long task's end. */
export function notifyOfLongTasks(onChanged: (listener: (task: Task) => void) => void, teller: Teller): void {
  onChanged((task) => {
    if (isWorthTelling(task)) notify(taskText(task), task.error?.message ?? null, teller)
  })
}

/** Tells the system of a machine that its tool stopped. */
export function notifyOfStandstills(
  onChanged: (listener: (change: InventoryChange) => void) => () => void,
  teller: Teller,
): void {
  watchStandstills(onChanged, ({ name, remark }) =>
    notify({ key: 'standstill.title', params: { name } }, remark, teller),
  )
}

function notify(title: Text, body: Text | null, { window, locale, show }: Teller): void {
  if (!isUnseen(window()) || !Notification.isSupported()) return
  const notification = new Notification({
    title: write(title, locale()),
    ...(body === null ? {} : { body: write(body, locale()) }),
  })
  notification.on('click', show)
  notification.show()
}

function isUnseen(window: BrowserWindow | null): boolean {
  return window === null || window.isDestroyed() || window.isMinimized() || !window.isVisible()
}
