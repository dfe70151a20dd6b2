import { expect, test } from 'vitest'
import { emptyTree, type Snapshot } from '../../../../app/domain/snapshot.ts'
import { sayIn } from '../../../../renderer/say.tsx'
import { proposedName } from '../../../../renderer/views/snapshots/proposed-name.ts'

const named = (name: string, keptForUndo = false): Snapshot => ({
  id: name,
  name,
  description: '',
  parentId: null,
  createdAt: null,
  hasMemory: false,
  sizeBytes: null,
  keptForUndo,
})

test('the name proposed for a snapshot is the next number, which no snapshot has in either language', () => {
  const tree = (...snapshots: Snapshot[]) => ({ ...emptyTree, snapshots })
  expect(proposedName(null, sayIn('en'))).toBe('Snapshot 1')
  expect(proposedName(tree(named('base'), named('copy', true)), sayIn('en'))).toBe('Snapshot 2')
  expect(proposedName(tree(named('base'), named('Snapshot 3'), named('스냅샷 4')), sayIn('ko'))).toBe('스냅샷 5')
})
