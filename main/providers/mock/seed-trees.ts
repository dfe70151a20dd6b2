import type { Snapshot } from '../../../app/domain/snapshot.ts'
import { GB } from '../../../app/domain/units.ts'

const dayMs = 86_400_000

interface Leaf {
  readonly id: string
  readonly name: string
  readonly parent: string | null
  readonly daysAgo: number | null
  readonly sizeGB?: number | null
  readonly memory?: boolean | null
  readonly description?: string
  readonly kept?: boolean
}

function toSnapshot(now: Date, leaf: Leaf): Snapshot {
  return {
    id: leaf.id,
    name: leaf.name,
    description: leaf.description ?? '',
    parentId: leaf.parent,
    createdAt: leaf.daysAgo === null ? null : new Date(now.getTime() - leaf.daysAgo * dayMs).toISOString(),
    hasMemory: leaf.memory === undefined ? false : leaf.memory,
    sizeBytes: leaf.sizeGB === null ? null : Math.round((leaf.sizeGB ?? 1) * GB),
    keptForUndo: leaf.kept ?? false,
  }
}

/** Nine snapshots with two side branches, after a restore that can be undone. */
export function winTree(now: Date): readonly Snapshot[] {
  const leaves: readonly Leaf[] = [
    { id: 'w1', name: 'Fresh install', parent: null, daysAgo: 256, sizeGB: 9.8 },
    { id: 'w2', name: 'Windows updates, March', parent: 'w1', daysAgo: 250, sizeGB: 3.1 },
    { id: 'w3', name: 'before driver test', parent: 'w2', daysAgo: 235, sizeGB: 4.2, memory: true },
    { id: 'w4', name: 'driver 551, blue screen', parent: 'w3', daysAgo: 235, sizeGB: 0.6 },
    { id: 'w5', name: 'driver 560, works', parent: 'w3', daysAgo: 234, sizeGB: 0.9 },
    { id: 'w6-now', name: 'Visual Studio 2026', parent: 'w5', daysAgo: 228, sizeGB: 11.8 },
    {
      id: 'w7',
      name: 'signing works',
      parent: 'w6-now',
      daysAgo: 0.1,
      sizeGB: 4.6,
      memory: true,
      description: 'Certificate imported, release build signed and checked with signtool.',
    },
    { id: 'w8', name: 'Before restore, win11-dev', parent: 'w7', daysAgo: 0.02, sizeGB: 4.4, memory: true, kept: true },
    { id: 'w9', name: 'clean, for sample 41', parent: 'w1', daysAgo: 33, sizeGB: 4.5, memory: true },
  ]
  return leaves.map((leaf) => toSnapshot(now, leaf))
}

/** Two roots, repeated and hostile names, sizes and times that are not known. */
export function labTree(now: Date): readonly Snapshot[] {
  const leaves: readonly Leaf[] = [
    { id: 'l1', name: 'clean', parent: null, daysAgo: 90, sizeGB: 2.2 },
    { id: 'l2', name: 'clean', parent: 'l1', daysAgo: 60, sizeGB: null, memory: null },
    { id: 'l3-now', name: '--help "quoted"\nand a second line', parent: 'l1', daysAgo: null, sizeGB: 1.1 },
    { id: 'l4', name: 'مخزون قديم', parent: null, daysAgo: 400, sizeGB: 8 },
    {
      id: 'l5',
      name: '서명 성공',
      parent: 'l4',
      daysAgo: 399,
      sizeGB: 0.2,
      description: '설명은 여러 줄\n일 수 있습니다.',
    },
  ]
  return leaves.map((leaf) => toSnapshot(now, leaf))
}

/** A restore that can be undone once there is room for it. */
export function courseTree(now: Date): readonly Snapshot[] {
  const leaves: readonly Leaf[] = [
    { id: 'c1-now', name: 'course begins', parent: null, daysAgo: 40, sizeGB: 14.2 },
    { id: 'c2', name: 'Before restore, day 3', parent: 'c1-now', daysAgo: 2, sizeGB: 3.8, kept: true },
  ]
  return leaves.map((leaf) => toSnapshot(now, leaf))
}

/** Two hundred in a row, with a side branch at each fortieth. */
export function chainTree(now: Date): readonly Snapshot[] {
  const main = Array.from({ length: 200 }, (_, index): Leaf => {
    const parent = index === 0 ? null : `c${index - 1}`
    return {
      id: `c${index}`,
      name: `실습 ${index + 1}회차`,
      parent,
      daysAgo: 200 - index,
      sizeGB: 0.3 + (index % 7) / 10,
    }
  })
  const side = [40, 80, 120, 160].map(
    (from): Leaf => ({ id: `s${from}`, name: `${from}회차에서 갈라짐`, parent: `c${from}`, daysAgo: 200 - from - 0.5 }),
  )
  return [...side, ...main].map((leaf) => toSnapshot(now, leaf))
}
