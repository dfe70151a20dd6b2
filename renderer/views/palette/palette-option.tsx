import type { ReactNode } from 'react'
import { Icon } from '../../components/icon.tsx'
import { StateMark } from '../../components/state-mark.tsx'
import { isMac } from '../../keyboard/platform.ts'
import { keysOf } from '../../keyboard/shortcuts.ts'
import type { RankedItem } from './rank-items.ts'

/** One line of the palette: what matched is marked; why it cannot be done stands at its end. */
export function PaletteOption({
  id,
  ranked: { item, at },
  isChosen,
  onPoint,
  onChoose,
}: {
  readonly id: string
  readonly ranked: RankedItem
  readonly isChosen: boolean
  readonly onPoint: () => void
  readonly onChoose: () => void
}): ReactNode {
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the keyboard is in the field above, as a combobox has it
    // biome-ignore lint/a11y/useFocusableInteractive: as above
    <div
      id={id}
      role="option"
      aria-selected={isChosen}
      aria-disabled={item.reason !== null}
      className="palette-option"
      onPointerMove={onPoint}
      onClick={onChoose}
    >
      {item.mark !== null && <StateMark name={item.mark} />}
      {item.icon !== null && <Icon name={item.icon} />}
      <bdi dir="auto" className="cut">
        <Marked text={item.label} at={at} />
      </bdi>
      <span className="palette-end cut">
        {item.reason ?? item.end}
        {item.reason === null &&
          item.command !== null &&
          keysOf(item.command, isMac).map((key) => (
            <kbd key={key} className="key">
              {key}
            </kbd>
          ))}
      </span>
    </div>
  )
}

function Marked({ text, at }: { readonly text: string; readonly at: readonly number[] }): ReactNode {
  if (at.length === 0) return text
  const marked = new Set(at)
  const runs: { text: string; isMarked: boolean; start: number }[] = []
  for (let index = 0; index < text.length; index += 1) {
    const last = runs.at(-1)
    const isMarked = marked.has(index)
    if (last !== undefined && last.isMarked === isMarked) last.text += text[index]
    else runs.push({ text: text[index] ?? '', isMarked, start: index })
  }
  return runs.map((run) => (run.isMarked ? <mark key={run.start}>{run.text}</mark> : run.text))
}
