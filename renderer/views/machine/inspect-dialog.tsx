import { useVirtualizer } from '@tanstack/react-virtual'
import { type CSSProperties, type ReactNode, useMemo, useRef, useState } from 'react'
import { CopyButton } from '../../components/copy-button.tsx'
import { Dialog } from '../../components/dialog.tsx'
import { EmptyState } from '../../components/empty-state.tsx'
import { Icon } from '../../components/icon.tsx'
import { TextInput } from '../../components/text-input.tsx'
import { showControls } from '../../format/names.ts'
import { Say, useSay } from '../../say.tsx'
import { useApp } from '../../store/store.ts'
import './inspect.css'
import { type JsonRow, jsonRows } from './json-rows.ts'

const lineHeightPx = 20

/** The tool's whole description of a machine on one page: to search, fold and copy. */
export function InspectDialog({
  name,
  text,
  onClose,
}: {
  readonly name: string
  readonly text: string
  readonly onClose: () => void
}): ReactNode {
  const say = useSay()
  const [search, setSearch] = useState('')
  const [folded, setFolded] = useState<ReadonlySet<string>>(new Set())
  const rows = useMemo(() => jsonRows(text, folded, search), [text, folded, search])
  const toggle = (path: string): void => {
    const next = new Set(folded)
    if (!next.delete(path)) next.add(path)
    setFolded(next)
  }
  return (
    <Dialog
      title={<Say text="inspect.title" params={{ name }} />}
      widthPx={820}
      onClose={onClose}
      headerExtra={
        <>
          <TextInput
            className="inspect-search"
            type="search"
            icon="search"
            isQuiet
            aria-label={say('inspect.search')}
            placeholder={say('inspect.search')}
            value={search}
            onChange={(event) => setSearch(event.currentTarget.value)}
          />
          <CopyButton text={text} label={say('inspect.copy')} size="normal" />
        </>
      }
      footer={null}
      note={say('inspect.lines', { count: rows.length })}
    >
      <Lines rows={rows} folded={search.trim() === '' ? folded : nothing} onToggle={toggle} />
    </Dialog>
  )
}

const nothing: ReadonlySet<string> = new Set()

/** A part of its own, because what scrolls is there only once the dialog is. */
function Lines({
  rows,
  folded,
  onToggle,
}: {
  readonly rows: readonly JsonRow[]
  readonly folded: ReadonlySet<string>
  readonly onToggle: (path: string) => void
}): ReactNode {
  const say = useSay()
  const zoom = useApp((state) => Math.max(1, (state.settings?.textZoomPercent ?? 100) / 100))
  const scroll = useRef<HTMLElement>(null)
  const virtual = useVirtualizer<HTMLElement, Element>({
    getScrollElement: () => scroll.current,
    count: rows.length,
    estimateSize: () => lineHeightPx * zoom,
    getItemKey: (index) => rows[index]?.path ?? index,
    overscan: 20,
  })
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a document that scrolls must be reachable by keyboard
    <section ref={scroll} className="inspect" tabIndex={0} aria-label={say('overview.inspect')}>
      {rows.length === 0 && <EmptyState title={say('inspect.none')} />}
      <div className="inspect-lines" style={{ height: virtual.getTotalSize() }}>
        {virtual.getVirtualItems().map((item) => {
          const row = rows[item.index]
          if (row === undefined) return null
          const isFolded = folded.has(row.path)
          return (
            <div
              key={row.path}
              className="inspect-line"
              style={{ top: item.start, height: item.size, '--depth': row.depth } as CSSProperties}
            >
              {row.parts !== null && row.parts > 0 ? (
                <button
                  type="button"
                  className="inspect-fold"
                  aria-expanded={!isFolded}
                  aria-label={row.label ?? say('overview.inspect')}
                  onClick={() => onToggle(row.path)}
                >
                  <Icon name={isFolded ? 'right' : 'down'} size="small" />
                </button>
              ) : (
                <span className="inspect-fold" />
              )}
              {row.label !== null && <span className="inspect-label">{showControls(row.label)}</span>}
              <span className="inspect-value">{showControls(row.text)}</span>
              {isFolded && <span className="faint-text">{row.parts}</span>}
            </div>
          )
        })}
      </div>
    </section>
  )
}
