import { type KeyboardEvent, type ReactNode, useEffect, useState } from 'react'
import type { BrowseResult } from '../../../app/contract/views.ts'
import { formatBytes } from '../../../app/domain/units.ts'
import { call } from '../../actions/call.ts'
import { Button } from '../../components/button.tsx'
import { Dialog } from '../../components/dialog.tsx'
import { EmptyState } from '../../components/empty-state.tsx'
import { Icon } from '../../components/icon.tsx'
import { IconButton } from '../../components/icon-button.tsx'
import { Name } from '../../components/name.tsx'
import { TextInput } from '../../components/text-input.tsx'
import { useLocale, useSay } from '../../say.tsx'
import { remember, remembered } from '../../store/remembered.ts'
import { takesPath } from '../drop/drop-target.ts'
import { useAnswer } from '../machine/use-answer.ts'

export type FilePurpose = 'disk-image' | 'iso' | 'machine-file' | 'settings-file' | 'bios' | 'any' | 'folder' | 'tool'
const namesImage = /\.(?:iso|img|qcow2?|raw|vmdk|vdi|vhdx|ova|ovf|utm|vbox|bin|rom)$/i

type Entry = BrowseResult['entries'][number]

/** A small file dialog over main's own: the browser cannot tell a page where a file is. Begins where it was last left. */
export function FileBrowser({
  purpose,
  onChosen,
  onClose,
}: {
  readonly purpose: FilePurpose
  readonly onChosen: (path: string) => void
  readonly onClose: () => void
}): ReactNode {
  const say = useSay()
  const [folder, setFolder] = useState<string | null>(() => remembered<string | null>('browsed', null))
  const [typed, setTyped] = useState('')
  const [chosen, setChosen] = useState<string | null>(null)
  const { value, error } = useAnswer('browse', `${folder}`, () => call('files.browse', { path: folder, purpose }))
  const path = value?.path ?? ''
  useEffect(() => {
    if (value === null) return
    setTyped(value.path)
    remember('browsed', value.path)
  }, [value])

  const go = (to: string): void => {
    setChosen(null)
    setTyped(to)
    setFolder(to)
  }
  const open = (entry: Entry): void => (entry.kind === 'folder' ? go(entry.path) : onChosen(entry.path))
  // A folder that is typed, on its way or refused is not the one that is shown: the wrong one would be taken.
  const isShown = path !== '' && typed.trim() === path && error === null
  const taken = chosen ?? (purpose === 'folder' && isShown ? path : null)
  const whyNotTaken =
    purpose === 'folder' && typed.trim() !== '' ? say('files.openFirst') : say(`files.title.${purpose}`)
  const hasEntries = error === null && (value?.entries.length ?? 0) > 0
  const onPathKey = (event: KeyboardEvent): void => {
    if (event.key !== 'Enter' || event.nativeEvent.isComposing || typed.trim() === '') return
    event.preventDefault()
    event.stopPropagation()
    // A whole path may be typed or pasted: a file is taken, everything else is looked into.
    const path = typed.trim()
    if (purpose !== 'folder' && namesImage.test(path)) onChosen(path)
    else go(path)
  }
  return (
    <Dialog
      title={say(`files.title.${purpose}`)}
      widthPx={560}
      onClose={onClose}
      footer={
        <>
          <Button onClick={onClose}>{say('verb.cancel')}</Button>
          <Button
            kind="primary"
            reason={taken === null ? whyNotTaken : null}
            onClick={() => taken !== null && onChosen(taken)}
          >
            {say('files.choose')}
          </Button>
        </>
      }
    >
      <div className="browser-path">
        <IconButton
          icon="up"
          label={say('files.up')}
          reason={value?.parent == null ? say('files.top') : null}
          onClick={() => value?.parent != null && go(value.parent)}
        />
        <TextInput
          {...takesPath}
          aria-label={say('files.path')}
          className="mono"
          value={typed}
          onChange={(event) => setTyped(event.currentTarget.value)}
          onKeyDown={onPathKey}
        />
      </div>
      {/* Nothing to choose from is no list. */}
      <div {...(hasEntries ? { role: 'listbox', 'aria-label': say('files.path') } : {})} className="browser-list">
        {error !== null && (
          <EmptyState
            title={say('files.failed')}
            actions={<Button onClick={() => setFolder(null)}>{say('files.home')}</Button>}
          >
            {say(error.message)}
          </EmptyState>
        )}
        {error === null && value?.entries.length === 0 && <EmptyState title={say('files.empty')} />}
        {error === null &&
          value?.entries.map((entry) => (
            <EntryRow
              key={entry.path}
              entry={entry}
              isChosen={entry.path === chosen}
              onChoose={() => setChosen(entry.kind === 'folder' ? null : entry.path)}
              onOpen={() => open(entry)}
            />
          ))}
      </div>
    </Dialog>
  )
}

function EntryRow({
  entry,
  isChosen,
  onChoose,
  onOpen,
}: {
  readonly entry: Entry
  readonly isChosen: boolean
  readonly onChoose: () => void
  readonly onOpen: () => void
}): ReactNode {
  const locale = useLocale()
  return (
    <button
      type="button"
      role="option"
      aria-selected={isChosen}
      className="browser-entry"
      onClick={() => (entry.kind === 'folder' ? onOpen() : onChoose())}
      onDoubleClick={onOpen}
      onKeyDown={(event) => {
        if (event.key !== 'Enter') return
        event.preventDefault()
        event.stopPropagation()
        onOpen()
      }}
    >
      <Icon name={entry.kind === 'folder' ? 'folder' : 'machines'} />
      <Name name={entry.name} />
      {entry.sizeBytes !== null && <span className="browser-size">{formatBytes(entry.sizeBytes, locale)}</span>}
    </button>
  )
}
