import type { CDPSession, Locator, Page } from 'playwright-core'

/** Files held over a page as the browser's process reports a drag of another program's: real files, with their real paths. */
export interface HeldFiles {
  over(at: Locator): Promise<void>
  drop(at: Locator): Promise<void>
  /** What the system reports when the drag leaves the window or Escape ends it. */
  cancel(): Promise<void>
}

export async function holdFiles(page: Page, files: readonly string[]): Promise<HeldFiles> {
  const session: CDPSession = await page.context().newCDPSession(page)
  const data = { items: [], files: [...files], dragOperationsMask: 1 }
  let isInside = false
  const send = async (type: 'dragEnter' | 'dragOver' | 'drop' | 'dragCancel', x: number, y: number): Promise<void> => {
    await session.send('Input.dispatchDragEvent', { type, x, y, data })
  }
  const middle = async (at: Locator): Promise<readonly [number, number]> => {
    const box = await at.boundingBox()
    if (box === null) throw new Error('What the files are held over is not on screen')
    return [Math.round(box.x + box.width / 2), Math.round(box.y + box.height / 2)]
  }
  const over = async (at: Locator): Promise<void> => {
    const [x, y] = await middle(at)
    if (!isInside) await send('dragEnter', x, y)
    isInside = true
    // The system reports again and again. Where the element changed, the first report enters it and only the next is over it.
    await send('dragOver', x, y)
    await send('dragOver', x, y)
  }
  return {
    over,
    async drop(at) {
      await over(at)
      await send('drop', ...(await middle(at)))
      await session.detach()
    },
    async cancel() {
      await send('dragCancel', 0, 0)
      await session.detach()
    },
  }
}
