import { describe, expect, it } from 'vitest'
import { errorOf, failure } from '../../../app/domain/errors.ts'

const thrownBySystem = (code: string): Error =>
  Object.assign(new Error(`${code}: said so, open '/home/kim/disk'`), { code, path: '/home/kim/disk' })

describe('what was thrown', () => {
  it('stays what it was when it is a failure', () => {
    const given = failure('busy', { key: 'error.bug' })
    expect(errorOf(given)).toBe(given.error)
  })

  it.each([
    ['ENOSPC', 'no-space'],
    ['EDQUOT', 'no-space'],
    ['EACCES', 'permission'],
    ['EPERM', 'permission'],
    ['EROFS', 'permission'],
    ['EIO', 'tool-failed'],
  ])('is the system’s word when it is %s', (code, expected) => {
    const error = errorOf(thrownBySystem(code))
    expect(error.code).toBe(expected)
    expect(error.hint).not.toBeNull()
    expect(error.detail).toContain('/home/kim/disk')
  })

  it('is a mistake of ours when nobody expected it, whatever it is', () => {
    for (const thrown of [thrownBySystem('ENOENT'), new Error('x'), 'text', null, undefined, { code: 'ENOSPC' }]) {
      expect(errorOf(thrown).code).toBe('bug')
    }
  })
})
