import { type BrowserWindow, Notification } from 'electron'
import type { Task } from '../app/domain/task.ts'
import { taskText } from '../app/domain/task-text.ts'
import { type Locale, write } from '../app/messages/write.ts'

/** Shorter tasks end while somebody is still looking, or are not worth being called back for. */
const longMs = 30_000

/** Tells the system of a long task's end while the window can't: it is hidden, minimized or closed. Choosing it shows the window. */
export function notifyOfLongTasks({
  onChanged,
  window,
  locale,
  show,
}: {
  readonly onChanged: (listener: (task: Task) => void) => void
  readonly window: () => BrowserWindow | null
  readonly locale: () => Locale
  readonly show: () => void
}): void {
  onChanged((task) => {
    if (!isWorthTelling(task) || !isUnseen(window()) || !Notification.isSupported()) return
    const body = task.error === null ? undefined : write(task.error.message, locale())
    const notification = new Notification({
      title: write(taskText(task), locale()),
      ...(body === undefined ? {} : { body }),
    })
    notification.on('click', show)
    notification.show()
  })
}

/** Ended just now, by itself, after a long time. */
export function isWorthTelling({ state, startedAt, endedAt }: Task): boolean {
  if (startedAt === null || endedAt === null || (state !== 'succeeded' && state !== 'failed')) return false
  return Date.parse(endedAt) - Date.parse(startedAt) >= longMs
}

function isUnseen(window: BrowserWindow | null): boolean {
  return window === null || window.isDestroyed() || window.isMinimized() || !window.isVisible()
}
