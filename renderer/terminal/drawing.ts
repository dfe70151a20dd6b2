import { WebglAddon } from '@xterm/addon-webgl'
import type { Terminal } from '@xterm/xterm'

let isFast: boolean | null = null

/**
 * Lets the graphics card draw a terminal while it is shown: there are few contexts in a page. Where there is none, or one
 * that only pretends on the processor, xterm draws with elements as it does by itself. The returned function gives it back.
 */
export function drawFast(terminal: Terminal): () => void {
  isFast ??= hasGraphicsCard()
  if (!isFast) return () => {}
  const addon = new WebglAddon()
  let isLost = false
  const giveBack = (): void => {
    if (isLost) return
    isLost = true
    addon.dispose()
  }
  try {
    addon.onContextLoss(giveBack)
    terminal.loadAddon(addon)
  } catch {
    isFast = false
    return () => {}
  }
  return giveBack
}

function hasGraphicsCard(): boolean {
  const context = document.createElement('canvas').getContext('webgl2', { failIfMajorPerformanceCaveat: true })
  if (context === null) return false
  const info = context.getExtension('WEBGL_debug_renderer_info')
  const name = String(context.getParameter(info?.UNMASKED_RENDERER_WEBGL ?? context.RENDERER))
  context.getExtension('WEBGL_lose_context')?.loseContext()
  return !/swiftshader|llvmpipe|software/i.test(name)
}
