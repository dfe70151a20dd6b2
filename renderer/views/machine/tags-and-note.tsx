import { type KeyboardEvent, type ReactNode, useId, useState } from 'react'
import type { MachineId } from '../../../app/domain/ids.ts'
import { annotateMachine } from '../../actions/machines.ts'
import { IconButton } from '../../components/icon-button.tsx'
import { TextArea, TextInput } from '../../components/text-input.tsx'
import { showControls } from '../../format/names.ts'
import { useSay } from '../../say.tsx'
import { annotationOf } from '../../store/selectors.ts'
import { store, useApp } from '../../store/store.ts'
import { FactLine } from './facts.tsx'

const maxTagLength = 64

/** Tags, typed right here. A tag that exists elsewhere is offered. */
export function TagsFact({ id }: { readonly id: MachineId }): ReactNode {
  const say = useSay()
  const listId = useId()
  const { tags } = useApp(annotationOf(id))
  const [typed, setTyped] = useState<string | null>(null)
  const others =
    typed === null
      ? []
      : [...new Set(Object.values(store.getState().inventory.annotations).flatMap((annotation) => annotation.tags))]
  const take = (): void => {
    const tag = (typed ?? '').trim().replace(/^#/, '').slice(0, maxTagLength)
    setTyped(null)
    if (tag !== '' && !tags.includes(tag)) void annotateMachine(id, { tags: [...tags, tag] })
  }
  return (
    <FactLine
      label={say('fact.tags')}
      actions={<IconButton size="small" icon="plus" label={say('fact.addTag')} onClick={() => setTyped('')} />}
    >
      <span className="tags">
        {tags.map((tag) => (
          <span key={tag} className="tag-chip">
            <bdi dir="auto" className="cut">
              {showControls(tag)}
            </bdi>
            <IconButton
              size="small"
              icon="close"
              label={say('fact.removeTag', { tag })}
              onClick={() => void annotateMachine(id, { tags: tags.filter((other) => other !== tag) })}
            />
          </span>
        ))}
        {typed !== null && (
          <>
            <TextInput
              aria-label={say('fact.addTag')}
              className="tag-field"
              dir="auto"
              list={listId}
              maxLength={maxTagLength}
              value={typed}
              ref={focusOnce}
              onChange={(event) => setTyped(event.currentTarget.value)}
              onBlur={take}
              onKeyDown={(event) => onFieldKey(event, take, () => setTyped(null))}
            />
            <datalist id={listId}>
              {others.map((tag) => (
                <option key={tag} value={tag} />
              ))}
            </datalist>
          </>
        )}
        {typed === null && tags.length === 0 && <span className="faint-text">{say('fact.none')}</span>}
      </span>
    </FactLine>
  )
}

/** The person's own note. Enter keeps it, Shift+Enter makes a line. */
export function NoteFact({ id }: { readonly id: MachineId }): ReactNode {
  const say = useSay()
  const { note } = useApp(annotationOf(id))
  const [typed, setTyped] = useState<string | null>(null)
  const take = (): void => {
    setTyped(null)
    if (typed !== null && typed.trim() !== note) void annotateMachine(id, { note: typed.trim() })
  }
  return (
    <FactLine
      label={say('fact.note')}
      actions={
        typed === null && (
          <IconButton size="small" icon="edit" label={say('fact.editNote')} onClick={() => setTyped(note)} />
        )
      }
    >
      {typed === null ? (
        <span dir="auto" className={note === '' ? 'faint-text' : 'note-text selectable'}>
          {note === '' ? say('fact.none') : note}
        </span>
      ) : (
        <TextArea
          aria-label={say('fact.note')}
          className="note-field"
          dir="auto"
          maxLength={10_000}
          value={typed}
          ref={focusOnce}
          onChange={(event) => setTyped(event.currentTarget.value)}
          onBlur={take}
          onKeyDown={(event) => {
            if (!event.shiftKey) onFieldKey(event, take, () => setTyped(null))
          }}
        />
      )}
    </FactLine>
  )
}

/** A field that a press opened takes the keyboard once, when it comes. */
function focusOnce(field: HTMLInputElement | HTMLTextAreaElement | null): void {
  if (field !== null && field !== document.activeElement) field.focus()
}

function onFieldKey(event: KeyboardEvent, take: () => void, drop: () => void): void {
  if (event.nativeEvent.isComposing) return
  if (event.key === 'Enter') {
    event.preventDefault()
    take()
  } else if (event.key === 'Escape') {
    event.stopPropagation()
    drop()
  }
}
