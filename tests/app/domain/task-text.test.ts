import { describe, expect, it } from 'vitest'
import { taskVerbs } from '../../../app/domain/task.ts'
import { failureTitle, type Told, taskText } from '../../../app/domain/task-text.ts'
import { en } from '../../../app/messages/en.ts'
import { write } from '../../../app/messages/write.ts'

const told = (verb: Told['verb'], more: Partial<Told> = {}): Told => ({
  verb,
  state: 'running',
  machineName: 'web',
  subject: null,
  ...more,
})
const container = { machineKind: 'container' } as const

describe('the sentence of a task', () => {
  it('says of a container what its buttons say: stop and kill', () => {
    const say = (task: Told): string => write(taskText(task), 'en')
    expect(say(told('shutDown', container))).toBe('Stopping web')
    expect(say(told('shutDown', { ...container, state: 'succeeded' }))).toBe('Stopped web')
    expect(say(told('powerOff', container))).toBe('Killing web')
    expect(write(failureTitle(told('shutDown', container)), 'en')).toBe('Couldn’t stop web')
    expect(write(failureTitle(told('powerOff', container)), 'ko')).toContain('컨테이너')
  })

  it('says of a virtual machine, and of what nobody knows any more, that it is shut down and powered off', () => {
    for (const more of [{}, { machineKind: 'vm' } as const]) {
      expect(write(taskText(told('shutDown', more)), 'en')).toBe('Shutting down web')
      expect(write(taskText(told('powerOff', { ...more, state: 'succeeded' })), 'en')).toBe('Powered off web')
    }
  })

  it('says that a deleted machine is in the trash where it is, and deleted where it is not', () => {
    const removed = told('remove', { state: 'succeeded' })
    expect(write(taskText({ ...removed, result: { trashId: 't1' } }), 'en')).toBe('Moved web to the trash')
    expect(write(taskText({ ...removed, result: {} }), 'en')).toBe('Deleted web')
  })

  it('is there for every verb, state and kind', () => {
    for (const verb of taskVerbs) {
      for (const machineKind of ['vm', 'container', 'environment'] as const) {
        for (const state of ['queued', 'running', 'succeeded', 'failed', 'cancelled', 'unknown'] as const) {
          expect(Object.keys(en)).toContain(taskText(told(verb, { state, machineKind })).key)
        }
      }
    }
  })
})
