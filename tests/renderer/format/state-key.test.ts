import { describe, expect, test } from 'vitest'
import { taskVerbs } from '../../../app/domain/task.ts'
import { stateKey } from '../../../renderer/format/state-key.ts'
import { sayIn } from '../../../renderer/say.tsx'
import { shownState } from '../../../renderer/store/selectors.ts'
import { machine, task } from '../support.ts'

describe('the word for the state of a machine', () => {
  test.each(taskVerbs)('says what is being done while its task is %s', (verb) => {
    const busy = task('t', { verb })
    for (const state of ['running', 'stopped'] as const) {
      const one = machine('web', { state })
      const word = sayIn('en')(stateKey(shownState(one, busy), one, busy))
      expect(word).not.toBe('Working…')
      expect(word).toMatch(/^[A-Z][a-z]+.*…$/)
    }
  })

  test('says by the task what a tool calls work of its own', () => {
    const one = machine('web', { state: 'working' })
    expect(sayIn('en')(stateKey('working', one, task('t', { verb: 'takeSnapshot' })))).toBe('Taking snapshot…')
    expect(sayIn('en')(stateKey('working', one, task('t', { verb: 'start' })))).toBe('Working…')
    expect(sayIn('en')(stateKey('working', one))).toBe('Working…')
  })
})
