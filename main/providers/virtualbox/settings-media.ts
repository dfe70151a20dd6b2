import { attributeOf, childOf, childrenOf, type Element } from './xml.ts'

/** A disk or disc that a machine knows. */
export interface Medium {
  readonly uuid: string
  readonly kind: 'disk' | 'dvd' | 'floppy'
  readonly path: string
  /** `VDI`, `VMDK`, `VHD`, `RAW`; null for discs. */
  readonly format: string | null
  /** `Normal`, `Immutable`, `Writethrough`, …; null when it is as by default. */
  readonly type: string | null
  /** The disk it holds only the differences to. */
  readonly parentId: string | null
}

/** The media registry of a `<Machine>` or of the whole VirtualBox: disks before those that stand on them. */
export function readMedia(owner: Element | null, absolute: (path: string | null) => string | null): readonly Medium[] {
  const registry = childOf(owner, 'MediaRegistry')
  const found: Medium[] = []
  const add = (element: Element, kind: Medium['kind'], parentId: string | null): string | null => {
    const uuid = attributeOf(element, 'uuid')?.replace(/[{}]/g, '').toLowerCase() ?? null
    const path = absolute(attributeOf(element, 'location'))
    if (uuid === null || path === null) return null
    const [format, type] = [attributeOf(element, 'format'), attributeOf(element, 'type')]
    found.push({ uuid, kind, path, format, type, parentId })
    return uuid
  }
  // Without recursion: a chain of differences is as long as the chain of snapshots.
  const rest = childrenOf(childOf(registry, 'HardDisks'), 'HardDisk').map((element) => ({
    element,
    parentId: null as string | null,
  }))
  for (let next = rest.pop(); next !== undefined; next = rest.pop()) {
    const uuid = add(next.element, 'disk', next.parentId)
    for (const element of childrenOf(next.element, 'HardDisk')) rest.push({ element, parentId: uuid })
  }
  for (const image of childrenOf(childOf(registry, 'DVDImages'), 'Image')) add(image, 'dvd', null)
  for (const image of childrenOf(childOf(registry, 'FloppyImages'), 'Image')) add(image, 'floppy', null)
  return found
}
