import { expect, test } from 'vitest'
import { errorCodes } from '../../../../app/domain/errors.ts'
import { errorActions } from '../../../../renderer/views/machine/error-actions.ts'

const start = { verb: 'start', state: 'stopped', canRetry: true } as const

test.each([
  ['tool-missing', ['providers', 'retry']],
  ['timeout', ['check', 'retry']],
  ['busy', ['whenFree']],
  ['no-space', ['trash', 'retry']],
  ['wrong-state', ['check']],
  ['tool-failed', ['retry']],
  ['bug', ['copyReport', 'retry']],
  ['cancelled', []],
  ['invalid-input', []],
] as const)('%s offers %j', (code, actions) => {
  expect(errorActions(code, start)).toEqual(actions)
})

test('a wrong state offers the verb that leads to the right one, and none where the verb is possible as it is', () => {
  const context = { state: 'stopped', canRetry: true } as const
  expect(errorActions('wrong-state', { ...context, verb: 'pause' })).toEqual(['start', 'check'])
  expect(errorActions('wrong-state', { ...context, verb: 'clone' })).toEqual(['check'])
})

test('a shutdown that failed offers to power off, after trying again', () => {
  expect(errorActions('tool-failed', { verb: 'shutDown', state: 'running', canRetry: true })).toEqual([
    'retry',
    'powerOff',
  ])
})

test('a missing file that the machine can be given, or a saved state that is gone, is put right first', () => {
  expect(errorActions('not-found', { ...start, cure: 'locate' })).toEqual(['locate', 'retry'])
  expect(errorActions('not-found', { ...start, cure: 'discardSuspended' })).toEqual(['discardSuspended', 'retry'])
  expect(errorActions('not-found', start)).toEqual(['retry', 'check'])
})

test('a name that is taken offers another one', () => {
  expect(errorActions('already-exists', { verb: 'rename', state: 'stopped', canRetry: false })).toEqual(['rename'])
})

test('never more than two, and never trying again what cannot be', () => {
  for (const code of errorCodes) {
    expect(errorActions(code, start).length).toBeLessThanOrEqual(2)
    expect(errorActions(code, { verb: null, state: null, canRetry: false })).not.toContain('retry')
  }
})
