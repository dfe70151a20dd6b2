import { expect, it } from 'vitest'
import { takenText } from '../../main/start-error.ts'

const taken = { kind: 'taken', pid: 42 } as const

it('says of a second start where the Berth is that runs', () => {
  const window = { ...taken, other: { pid: 42, shell: 'electron', address: null } } as const
  expect(takenText(window)).toBe('Berth is already running (process 42). Its window was brought to the front.')
  expect(takenText(window, 'ko')).toContain('창을 앞으로')
  const web = { ...taken, other: { pid: 42, shell: 'web', address: 'http://127.0.0.1:1/#token=x' } } as const
  expect(takenText(web)).toContain('in a browser')
  expect(takenText({ ...taken, other: null })).toContain('doesn’t respond')
})
