import type { SystemInfo } from '../../app/domain/system.ts'

/** Whose keys the person has under their hands: the browser's own computer, which the web way in may not share with main. */
export const isMac: boolean = typeof navigator !== 'undefined' && /Mac|iPhone|iPad/.test(navigator.platform)

/** Where the caption buttons are drawn over our planes: only in Berth's own window. */
export function captionOf(system: SystemInfo | null): 'mac' | 'windows' | 'none' {
  if (system?.shell !== 'electron') return 'none'
  return system.platform === 'darwin' ? 'mac' : system.platform === 'win32' ? 'windows' : 'none'
}
