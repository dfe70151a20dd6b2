import { type Locale, write } from '../../app/messages/write.ts'
import type { InventoryState } from './inventory.ts'

type Named = { readonly label: string; readonly labelKey?: Parameters<typeof write>[0]['key'] }

/** The inventory with those names in the person's language that are words, and no product's. */
export function withOwnNames(inventory: InventoryState, locale: Locale): InventoryState {
  const providers = inEach(inventory.providers, locale)
  const endpoints = inEach(inventory.endpoints, locale)
  if (providers === inventory.providers && endpoints === inventory.endpoints) return inventory
  return { ...inventory, providers, endpoints }
}

function inEach<T extends Named>(items: readonly T[], locale: Locale): readonly T[] {
  let isChanged = false
  const named = items.map((item) => {
    const label = item.labelKey === undefined ? item.label : write({ key: item.labelKey }, locale)
    if (label === item.label) return item
    isChanged = true
    return { ...item, label }
  })
  return isChanged ? named : items
}
