import { type ReactNode, useId } from 'react'
import { Button } from '../../components/button.tsx'
import { Checkbox } from '../../components/checkbox.tsx'
import { IconButton } from '../../components/icon-button.tsx'
import { TextInput } from '../../components/text-input.tsx'
import { useSay } from '../../say.tsx'
import { takesPath } from '../drop/drop-target.ts'
import { emptyMount, type MountRow } from './container-form.ts'
import { useFileChoice } from './use-file-choice.tsx'

/** Volumes and folders of this computer inside the container. */
export function MountTable({
  rows,
  volumes,
  onChange,
  onLeave,
  problemOf,
}: {
  readonly rows: readonly MountRow[]
  /** Volumes that exist, offered while typing. */
  readonly volumes: readonly string[]
  readonly onChange: (rows: readonly MountRow[]) => void
  readonly onLeave: (index: number) => void
  readonly problemOf: (index: number) => string | null
}): ReactNode {
  const say = useSay()
  const listId = useId()
  return (
    <div className="rows-table">
      <datalist id={listId}>
        {volumes.map((volume) => (
          <option key={volume} value={volume} />
        ))}
      </datalist>
      {rows.map((row, index) => (
        <MountLine
          // biome-ignore lint/suspicious/noArrayIndexKey: rows have no other identity, and keep their order
          key={index}
          row={row}
          index={index}
          listId={listId}
          problem={problemOf(index)}
          onChange={(change) => onChange(rows.map((other, at) => (at === index ? { ...other, ...change } : other)))}
          onLeave={() => onLeave(index)}
          onRemove={() => onChange(rows.filter((_, at) => at !== index))}
        />
      ))}
      <Button size="small" icon="plus" className="rows-add" onClick={() => onChange([...rows, emptyMount])}>
        {say('create.mounts.add')}
      </Button>
    </div>
  )
}

function MountLine({
  row,
  index,
  listId,
  problem,
  onChange,
  onLeave,
  onRemove,
}: {
  readonly row: MountRow
  readonly index: number
  readonly listId: string
  readonly problem: string | null
  readonly onChange: (change: Partial<MountRow>) => void
  readonly onLeave: () => void
  readonly onRemove: () => void
}): ReactNode {
  const say = useSay()
  const { choose, dialog } = useFileChoice('folder', (source) => onChange({ source }))
  const invalid = problem === null ? {} : { 'aria-invalid': true as const }
  return (
    <fieldset className="rows-row" aria-label={say('create.mounts.row', { row: index + 1 })}>
      <div className="rows-line">
        <TextInput
          {...invalid}
          {...takesPath}
          aria-label={say('create.mounts.source')}
          placeholder={say('create.mounts.source')}
          list={listId}
          value={row.source}
          onChange={(event) => onChange({ source: event.currentTarget.value })}
          onBlur={onLeave}
        />
        <IconButton icon="folder" label={say('files.title.folder')} onClick={choose} />
        <span className="rows-arrow" aria-hidden="true">
          →
        </span>
        <TextInput
          {...invalid}
          aria-label={say('create.mounts.target')}
          placeholder={say('create.mounts.target')}
          value={row.target}
          onChange={(event) => onChange({ target: event.currentTarget.value })}
          onBlur={onLeave}
        />
        <Checkbox
          label={say('create.mounts.readOnly')}
          isChecked={row.readOnly}
          onChange={(readOnly) => onChange({ readOnly })}
        />
        <IconButton icon="close" label={say('create.row.remove', { row: index + 1 })} onClick={onRemove} />
      </div>
      {problem !== null && (
        <p className="form-below field-error" role="alert">
          {problem}
        </p>
      )}
      {dialog}
    </fieldset>
  )
}
