import { describe, expect, test } from 'vitest'
import type { RestoreRecord } from '../../../../app/domain/snapshot.ts'
import { nameSchema } from '../../../../app/domain/spec.ts'
import { formatTimeOfDay } from '../../../../renderer/format/time.ts'
import { sayIn } from '../../../../renderer/say.tsx'
import { copyName, keptName } from '../../../../renderer/views/snapshots/copy-names.ts'

const record: RestoreRecord = {
  id: 'r1',
  direction: 'restored',
  state: 'done',
  snapshotId: 's1',
  snapshotName: 'base',
  keptId: 's2',
  keptAt: '2026-11-30T07:59:05.000Z',
  keptBytes: null,
}

describe('an undo copy that is kept as a snapshot', () => {
  test.each(['en', 'ko'] as const)('keeps the name it had in the list, in %s', (locale) => {
    const name = keptName(record, locale, sayIn(locale))
    expect(name).toBe(copyName(record, locale, sayIn(locale)))
    expect(name).toContain('base')
    expect(name).toContain(formatTimeOfDay(record.keptAt, locale))
  })

  test.each([
    ['of 200 characters', '길'.repeat(200)],
    ['of characters outside of the first plane', '🐋'.repeat(200)],
    ['with control characters', 'two\nlines\u0007'],
    ['that is a dot', '.'],
  ])('has a name that every provider takes after a snapshot %s', (_kind, snapshotName) => {
    const name = keptName({ ...record, snapshotName }, 'en', sayIn('en'))
    expect(nameSchema.safeParse(name)).toMatchObject({ success: true, data: name })
    expect(name).not.toMatch(/\p{Cc}/u)
    expect(name).toContain(formatTimeOfDay(record.keptAt, 'en'))
  })
})
