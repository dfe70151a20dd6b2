import { useEffect } from 'react'
import { dropChannel } from '../../../app/contract/port-channel.ts'
import { openDialog } from '../../actions/navigate.ts'
import { explainAt } from '../../components/explanation.ts'
import { localeIn, type SayFunction, sayIn } from '../../say.tsx'
import { store } from '../../store/store.ts'
import { dragType } from '../machines/dragging.ts'
import { dropTargetAt, type PlacedTarget } from './drop-target.ts'
import { type DropChange, dropHint, resolveDrop } from './dropped-file.ts'
import './file-drop.css'

/**
 * Files dropped on the window begin a machine, are copied into one, or give a field their path; what cannot be used is
 * explained. Only the preload knows where a dropped file is: a page in a browser is not told, and says so.
 */
export function useFileDrop(): void {
  useEffect(() => {
    const listeners = new AbortController()
    const { signal } = listeners
    let dropped: PlacedTarget | null = null
    listenForDrags(signal, {
      over: (at) => {
        const { target, element } = dropTargetAt(at)
        show(say(isBrowser() ? { key: 'explain.dropWeb' } : dropHint(target)))
        mark(target.kind === 'row' && target.machine.copyFiles.kind === 'allowed' ? element : null)
      },
      end: hide,
      drop: (at) => {
        dropped = dropTargetAt(at)
        if (isBrowser()) explainAt(dropped.element, say('explain.dropWeb'))
      },
    })
    window.addEventListener(
      'message',
      ({ source, data }: MessageEvent<{ readonly channel?: unknown; readonly paths?: unknown } | null>) => {
        if (source !== window || data?.channel !== dropChannel || !isPaths(data.paths) || dropped === null) return
        const place = dropped
        dropped = null
        receive(data.paths, place)
      },
      { signal },
    )
    return () => {
      listeners.abort()
      hide()
    }
  }, [])
}

/** For a window that begins nothing: what is dropped there is refused, and never replaces the page. */
export function useNoFileDrop(): void {
  useEffect(() => {
    const listeners = new AbortController()
    listenForDrags(listeners.signal, {
      over: () => show(say('explain.dropConsole')),
      end: hide,
      drop: () => explainAt(document.body, say('explain.dropConsole')),
    })
    return () => {
      listeners.abort()
      hide()
    }
  }, [])
}

interface DragListener {
  readonly over: (at: EventTarget | null) => void
  /** The drag left the window, was cancelled or ended. */
  readonly end: () => void
  readonly drop: (at: EventTarget | null) => void
}

const reportsEndMs = 1_000

/** Takes every drag that the browser would answer by opening what is dropped instead of Berth. */
function listenForDrags(signal: AbortSignal, { over, end, drop }: DragListener): void {
  const holds = (event: DragEvent, type: string): boolean => event.dataTransfer?.types.includes(type) ?? false
  const isForeignLink = (event: DragEvent): boolean => holds(event, 'text/uri-list') && !holds(event, dragType)
  // Files that are held are reported several times a second: where the reports end, so did the drag.
  let timer: ReturnType<typeof setTimeout> | undefined
  window.addEventListener(
    'dragover',
    (event) => {
      if (holds(event, 'Files')) {
        clearTimeout(timer)
        timer = setTimeout(end, reportsEndMs)
        event.preventDefault()
        if (event.dataTransfer !== null) event.dataTransfer.dropEffect = 'copy'
        over(event.target)
      } else if (isForeignLink(event) && !isEditable(event.target)) {
        event.preventDefault()
        if (event.dataTransfer !== null) event.dataTransfer.dropEffect = 'none'
      }
    },
    { signal },
  )
  window.addEventListener('dragleave', (event) => event.relatedTarget === null && end(), { signal })
  // A drag has no pointer events: when one comes, the drag is over, however it ended.
  window.addEventListener('pointermove', end, { signal, passive: true })
  window.addEventListener(
    'drop',
    (event) => {
      end()
      if (!holds(event, 'Files')) return
      event.preventDefault()
      drop(event.target)
    },
    { signal },
  )
}

function receive(paths: readonly string[], { target, element }: PlacedTarget): void {
  const result = resolveDrop(paths, target, store.getState().inventory.providers)
  // The program that the file came from has the keyboard until now.
  if (result.kind !== 'refused') window.focus()
  if (result.kind === 'refused') explainAt(element, say(result.reason))
  else if (result.kind === 'path') typeInto(element, result.path)
  else if (result.kind === 'copy') openDialog({ kind: 'copyFiles', machineId: result.machineId, source: result.path })
  else void fillForm(result.change)
}

/** As if it had been typed: the field's own listeners hear it. */
function typeInto(field: HTMLElement, text: string): void {
  if (!(field instanceof HTMLInputElement)) return
  field.focus()
  field.select()
  document.execCommand('insertText', false, text)
}

/** The form is fetched when first needed. */
async function fillForm(change: DropChange): Promise<void> {
  const { changeVm, setKind } = await import('../create/draft.ts')
  setKind('vm')
  changeVm(change.source === 'image' ? { ...change, imageFormat: null, allowedFiles: [] } : change)
  if (store.getState().ui.dialog?.kind !== 'create') openDialog({ kind: 'create' })
}

const say: SayFunction = (...args) => sayIn(localeIn(store.getState()))(...args)

const isBrowser = (): boolean => store.getState().system?.shell !== 'electron'

function isEditable(at: EventTarget | null): boolean {
  return at instanceof Element && at.closest('input, textarea, [contenteditable]') !== null
}

function isPaths(paths: unknown): paths is readonly string[] {
  return Array.isArray(paths) && paths.every((path) => typeof path === 'string')
}

function show(text: string): void {
  if (document.body.dataset['dropping'] !== text) document.body.dataset['dropping'] = text
}

const marked = 'drop-target'

function mark(element: HTMLElement | null): void {
  for (const other of document.querySelectorAll(`.${marked}`)) if (other !== element) other.classList.remove(marked)
  element?.classList.add(marked)
}

function hide(): void {
  if (document.body.dataset['dropping'] === undefined) return
  delete document.body.dataset['dropping']
  mark(null)
}
