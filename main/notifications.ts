import { type BrowserWindow, Notification } from 'electron'
import type { Task } from '../app/domain/task.ts'
import { taskText } from '../app/domain/task-text.ts'
import { type Locale, write } from '../app/messages/write.ts'
import { isWorthTelling } from './services/long-tasks.ts'

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

function isUnseen(window: BrowserWindow | null): boolean {
  return window === null || window.isDestroyed() || window.isMinimized() || !window.isVisible()
}
