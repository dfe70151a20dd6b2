import { matchText } from './fuzzy.ts'
import type { PaletteItem } from './palette-items.ts'

export interface RankedItem {
  readonly item: PaletteItem
  /** Positions in the label to mark. */
  readonly at: readonly number[]
}
export interface RankedSection {
  readonly section: PaletteItem['section'] | 'recent'
  readonly items: readonly RankedItem[]
}

const order = ['with', 'machines', 'everywhere'] as const
/** Enough to choose from; more is found by typing more. */
const maxPerSection = 8
const maxRecent = 5
/** Less than between a word's start and its middle, more than between long and short words. */
const disruptiveHandicap = 60

/**
 * The sections as they stand under what was typed: best first, what cannot be done last. With nothing typed the items used
 * last come first, and machines wait for a letter.
 */
export function rankItems(
  items: readonly PaletteItem[],
  query: string,
  recentIds: readonly string[],
): readonly RankedSection[] {
  const isEmpty = query.trim() === ''
  const recent = isEmpty
    ? recentIds
        .flatMap((id) => items.find((item) => item.id === id && item.reason === null && !item.isDisruptive) ?? [])
        .slice(0, maxRecent)
    : []
  const sections: RankedSection[] = order.map((section) => ({
    section,
    items: items
      .filter((item) => item.section === section && !recent.includes(item))
      .flatMap((item) => {
        const own = matchText(query, item.label)
        const other = isEmpty ? null : matchText(query, item.otherWords)
        const isOwn = own !== null && (other === null || own.score >= other.score - 100)
        const match = isOwn ? own : other
        // Of two that fit about as well, the harmless one: `re` is Restore before it is Reset.
        const score = (match?.score ?? 0) - (item.isDisruptive ? disruptiveHandicap : 0)
        return match === null ? [] : [{ item, at: isOwn ? match.at : [], score }]
      })
      .sort((one, two) => Number(one.item.reason !== null) - Number(two.item.reason !== null) || two.score - one.score)
      .slice(0, isEmpty && section === 'machines' ? maxRecent : section === 'with' && isEmpty ? 30 : maxPerSection),
  }))
  if (recent.length > 0) sections.unshift({ section: 'recent', items: recent.map((item) => ({ item, at: [] })) })
  return sections.filter(({ items: found }) => found.length > 0)
}
