import { useEffect } from 'react'
import { dropChannel } from '../../../app/contract/port-channel.ts'
import { openDialog } from '../../actions/navigate.ts'
import { explainAt } from '../../components/explanation.ts'
import { localeIn, sayIn } from '../../say.tsx'
import { store } from '../../store/store.ts'
import './file-drop.css'
import { changeOfDrop } from './dropped-file.ts'

/**
 * Files dropped anywhere on the window begin a machine: an ISO, a disk image or an exported machine fills the form for a new
 * one. What cannot be used is told why. Where a file is comes from the preload; a browser tells nobody.
 */
export function useFileDrop(): void {
  useEffect(() => {
    const listeners = new AbortController()
    const { signal } = listeners
    const holdsFiles = (event: DragEvent): boolean => event.dataTransfer?.types.includes('Files') ?? false
    const say = (...args: Parameters<ReturnType<typeof sayIn>>): string => sayIn(localeIn(store.getState()))(...args)
    const setDropping = (isDropping: boolean): void => {
      if (isDropping) document.body.dataset['dropping'] = say('drop.here')
      else delete document.body.dataset['dropping']
    }
    window.addEventListener(
      'dragover',
      (event) => {
        if (!holdsFiles(event)) return
        event.preventDefault()
        setDropping(true)
      },
      { signal },
    )
    window.addEventListener('dragleave', (event) => event.relatedTarget === null && setDropping(false), { signal })
    window.addEventListener(
      'drop',
      (event) => {
        if (!holdsFiles(event)) return
        event.preventDefault()
        setDropping(false)
        if (store.getState().system?.shell !== 'electron') explainAt(placeOf(event.target), say('explain.dropWeb'))
      },
      { signal },
    )
    window.addEventListener(
      'message',
      ({ source, data }: MessageEvent<{ readonly channel?: unknown; readonly paths?: unknown } | null>) => {
        if (source !== window || data?.channel !== dropChannel || !isPaths(data.paths)) return
        const [path, ...more] = data.paths
        if (path === undefined || path === '') return
        const change = changeOfDrop(path, store.getState().inventory.providers)
        const place = document.querySelector<HTMLElement>('.pane-header') ?? document.body
        if (more.length > 0) explainAt(place, say('explain.dropMany'))
        else if (change === null) explainAt(place, say('explain.dropUnknown', { file: path }))
        else void fillForm(change)
      },
      { signal },
    )
    return () => listeners.abort()
  }, [])
}

/** The form comes with its own part of the program. */
async function fillForm(change: NonNullable<ReturnType<typeof changeOfDrop>>): Promise<void> {
  const { changeVm, setKind } = await import('../create/draft.ts')
  setKind('vm')
  changeVm(change)
  openDialog({ kind: 'create' })
}

function isPaths(paths: unknown): paths is readonly string[] {
  return Array.isArray(paths) && paths.every((path) => typeof path === 'string')
}

function placeOf(target: EventTarget | null): HTMLElement {
  return target instanceof HTMLElement ? target : document.body
}
