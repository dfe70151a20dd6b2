import { describe, expect, it } from 'vitest'
import type { ActivityEntry } from '../../../../app/contract/views.ts'
import { typicalRestoreMs } from '../../../../renderer/views/snapshots/restore-time.ts'

const entry = (seconds: number | null, rest: Partial<ActivityEntry> = {}): ActivityEntry => ({
  taskId: 'one',
  verb: 'restore',
  machineId: 'tiny:a',
  machineName: 'a',
  subject: null,
  state: 'succeeded',
  startedAt: '2026-01-01T00:00:00.000Z',
  endedAt: seconds === null ? null : new Date(Date.parse('2026-01-01T00:00:00.000Z') + seconds * 1_000).toISOString(),
  error: null,
  result: {},
  ...rest,
})

describe('how long restoring takes', () => {
  it('is not said of a machine that was never restored', () => {
    expect(
      typicalRestoreMs([entry(4, { verb: 'takeSnapshot' }), entry(9, { state: 'failed' }), entry(null)]),
    ).toBeNull()
  })

  it('is the middle of the last five that succeeded, newest first', () => {
    expect(typicalRestoreMs([entry(3), entry(90, { state: 'cancelled' }), entry(2), entry(40)])).toBe(3_000)
    expect(typicalRestoreMs([...[1, 1, 2, 3, 3].map((seconds) => entry(seconds)), entry(500), entry(500)])).toBe(2_000)
  })
})
