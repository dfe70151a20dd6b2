import { Dialog as Radix } from 'radix-ui'
import { type KeyboardEvent, type ReactNode, useEffect, useId, useMemo, useRef, useState } from 'react'
import type { MachineId } from '../../../app/domain/ids.ts'
import { openDialog } from '../../actions/navigate.ts'
import { Icon } from '../../components/icon.tsx'
import { returnFocusFrom } from '../../keyboard/focus-history.ts'
import { useLocale, useSay } from '../../say.tsx'
import { remember, remembered } from '../../store/remembered.ts'
import { setUi, useApp } from '../../store/store.ts'
import { PaletteFoot } from './palette-foot.tsx'
import { allMachines, everywhere, machineItems, type PaletteItem } from './palette-items.ts'
import './palette.css'
import { PaletteOption } from './palette-option.tsx'
import { rankItems } from './rank-items.ts'

const recentKept = 20

/** Everything that can be done, by its name: verbs of the selection, machines, and what belongs to no machine. */
export function Palette(): ReactNode {
  const say = useSay()
  const locale = useLocale()
  const listId = useId()
  const [query, setQuery] = useState('')
  const [chosen, setChosen] = useState(0)
  const [refused, setRefused] = useState('')
  const selection = useApp((state) => state.ui.selection)
  // Tab goes into a machine's verbs; Backspace on an empty line comes back.
  const [inside, setInside] = useState<MachineId | null>(null)
  const about = inside ?? (selection.length === 1 ? (selection[0] ?? null) : null)
  const state = useApp((whole) => whole)
  const machine = about === null ? undefined : state.inventory.machines.get(about)
  const items = useMemo(
    () => [
      ...(machine === undefined ? [] : machineItems(state, machine, locale)),
      ...(inside === null ? [...allMachines(state), ...everywhere(locale)] : []),
    ],
    [state, machine, inside, locale],
  )
  const sections = useMemo(() => rankItems(items, query, remembered<readonly string[]>('palette', [])), [items, query])
  const flat = sections.flatMap((section) => section.items)
  const at = Math.min(chosen, flat.length - 1)
  const list = useRef<HTMLDivElement>(null)

  // biome-ignore lint/correctness/useExhaustiveDependencies: what is chosen moves; its element is looked up
  useEffect(() => {
    list.current?.querySelector('[aria-selected="true"]')?.scrollIntoView({ block: 'nearest' })
  }, [at, query])

  const close = (): void => setUi({ isPaletteOpen: false })
  const run = (item: PaletteItem): void => {
    if (item.reason !== null) {
      setRefused(item.reason)
      return
    }
    remember(
      'palette',
      [item.id, ...remembered<readonly string[]>('palette', []).filter((id) => id !== item.id)].slice(0, recentKept),
    )
    close()
    item.run()
  }
  const createNamed = (): void => openDialog({ kind: 'create', name: query.trim() })

  const onKeyDown = (event: KeyboardEvent<HTMLInputElement>): void => {
    if (event.nativeEvent.isComposing) return
    const item = flat[at]?.item
    const step = { ArrowDown: 1, ArrowUp: -1, PageDown: 8, PageUp: -8 }[event.key]
    if (step !== undefined && flat.length > 0) {
      const next = at + step
      setChosen(
        Math.abs(step) === 1 ? (next + flat.length) % flat.length : Math.min(flat.length - 1, Math.max(0, next)),
      )
    } else if (event.key === 'Enter') {
      if (item !== undefined) run(item)
      else if (query.trim() !== '') createNamed()
    } else if (event.key === 'Tab' && item?.machineId !== undefined && item.machineId !== null && !event.shiftKey) {
      setInside(item.machineId)
      setQuery('')
      setChosen(0)
    } else if (event.key === 'Backspace' && query === '' && inside !== null) setInside(null)
    else return
    event.preventDefault()
  }

  return (
    <Radix.Root open onOpenChange={(isOpen) => !isOpen && close()}>
      <Radix.Portal>
        <Radix.Overlay className="palette-scrim" />
        <Radix.Content className="palette" aria-describedby={undefined} onCloseAutoFocus={returnFocusFrom}>
          <Radix.Title className="visually-hidden">{say('palette.label')}</Radix.Title>
          <div className="palette-input">
            <Icon name="search" />
            <input
              role="combobox"
              aria-label={say('palette.hint')}
              aria-expanded="true"
              aria-controls={listId}
              aria-autocomplete="list"
              aria-activedescendant={flat[at] === undefined ? undefined : `${listId}-${at}`}
              placeholder={say('palette.hint')}
              autoComplete="off"
              spellCheck={false}
              value={query}
              onChange={(event) => {
                setQuery(event.currentTarget.value)
                setChosen(0)
                setRefused('')
              }}
              onKeyDown={onKeyDown}
            />
            {machine !== undefined && (
              <span className="badge">
                <bdi dir="auto" className="cut palette-badge">
                  {machine.name}
                </bdi>
              </span>
            )}
          </div>
          <div ref={list} id={listId} role="listbox" aria-label={say('palette.label')} className="palette-list">
            {sections.map(({ section, items: found }) => (
              // biome-ignore lint/a11y/useSemanticElements: groups of options in a listbox have no element of their own
              <div key={section} role="group" aria-label={heading(section)}>
                <p className="palette-heading" aria-hidden="true">
                  {heading(section)}
                </p>
                {found.map((ranked) => {
                  const index = flat.indexOf(ranked)
                  return (
                    <PaletteOption
                      key={ranked.item.id}
                      id={`${listId}-${index}`}
                      ranked={ranked}
                      isChosen={index === at}
                      onPoint={() => setChosen(index)}
                      onChoose={() => run(ranked.item)}
                    />
                  )
                })}
              </div>
            ))}
            {flat.length === 0 && (
              <div className="palette-none">
                <p>{say('palette.none', { text: query })}</p>
                <button type="button" className="palette-new" onClick={createNamed}>
                  <Icon name="plus" />
                  {say('palette.newNamed', { name: query.trim() })}
                </button>
              </div>
            )}
          </div>
          <p className={refused === '' ? 'visually-hidden' : 'palette-refused'} role="status">
            {refused === '' ? say('palette.matches', { count: flat.length }) : refused}
          </p>
          <PaletteFoot />
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  )

  function heading(section: (typeof sections)[number]['section']): string {
    return section === 'with' ? say('palette.with', { name: machine?.name ?? '' }) : say(`palette.${section}`)
  }
}
