import { type ReactNode, useState } from 'react'
import { call } from '../../actions/call.ts'
import { store } from '../../store/store.ts'
import { FileBrowser, type FilePurpose } from './file-browser.tsx'

/**
 * Asks for a file: by the system's own dialog in Berth's window, by our own over the web way in. `dialog` must be drawn
 * where it is used.
 */
export function useFileChoice(
  purpose: FilePurpose,
  onChosen: (path: string) => void,
): { readonly choose: () => void; readonly dialog: ReactNode } {
  const [isBrowsing, setBrowsing] = useState(false)
  const choose = (): void => {
    const browse = (): void => setBrowsing(true)
    if (store.getState().system?.shell !== 'electron') browse()
    // Where the system has no dialog after all, ours does the same.
    else void call('files.pick', { purpose }).then((path) => path !== null && onChosen(path), browse)
  }
  return {
    choose,
    dialog: isBrowsing && (
      <FileBrowser
        purpose={purpose}
        onChosen={(path) => {
          setBrowsing(false)
          onChosen(path)
        }}
        onClose={() => setBrowsing(false)}
      />
    ),
  }
}
