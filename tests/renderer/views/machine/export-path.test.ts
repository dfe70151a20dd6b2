import { describe, expect, it } from 'vitest'
import { filePath, fileStem } from '../../../../renderer/views/machine/export-path.ts'

describe('the file of an export', () => {
  it.for([
    ['web server', 'web server'],
    ['a/b:c*"d"', 'a-b-c-d'],
    ['../../etc', 'etc'],
    ['-rf', 'rf'],
    ['first\nsecond', 'first-second'],
    ['서명 실습', '서명 실습'],
    ['///', 'machine'],
  ] as const)('is called after the machine %j: %j', ([name, stem]) => {
    expect(fileStem(name)).toBe(stem)
  })

  it('stands in the folder, with its ending once', () => {
    expect(filePath('/home/me/', 'web', 'ova')).toBe('/home/me/web.ova')
    expect(filePath('/', 'web.OVA', 'ova')).toBe('/web.OVA')
    expect(filePath('C:\\Users\\me', 'web', 'ova')).toBe('C:\\Users\\me\\web.ova')
  })

  it.for(['', '  ', 'a/b', 'a\\b'])('is none when it is called %j', (stem) => {
    expect(filePath('/home/me', stem, 'ova')).toBeNull()
  })

  it('is none without a folder', () => expect(filePath(' ', 'web', 'ova')).toBeNull())
})
