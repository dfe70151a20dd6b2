import { describe, expect, it } from 'vitest'
import { calls, feeds, streams } from '../../../app/contract/contract.ts'
import { verbs } from '../../../app/domain/verbs.ts'

const names = [...Object.keys(calls), ...Object.keys(feeds), ...Object.keys(streams)]

describe('the contract', () => {
  it('has no name twice, so that one search finds one thing', () => {
    expect(new Set(names).size).toBe(names.length)
  })

  it('names everything area.what, short enough for a frame', () => {
    for (const name of names) {
      expect(name).toMatch(/^[a-z]+\.[a-zA-Z]+$/)
      expect(name.length).toBeLessThanOrEqual(64)
    }
  })

  it('has a call for every verb that is one', () => {
    const elsewhere: Readonly<Partial<Record<string, string>>> = {
      console: 'console.open',
      terminal: 'console.open',
      snapshot: 'snapshot.take',
      restore: 'snapshot.restore',
      undoRestore: 'restore.undo',
      copyFiles: 'machine.sendFiles',
    }
    for (const verb of verbs) expect(Object.keys(calls)).toContain(elsewhere[verb] ?? `machine.${verb}`)
  })

  it('refuses what is not asked for rightly, before anything is carried out', () => {
    const bad: readonly unknown[] = [
      null,
      7,
      'qemu:1',
      [],
      {},
      { id: 7 },
      { id: 'no-colon' },
      { id: `qemu:${'x'.repeat(400)}` },
    ]
    for (const [name, { input }] of Object.entries({ ...calls, ...streams })) {
      if (input.safeParse(undefined).success) {
        for (const value of bad)
          expect(input.safeParse(value).success, `${name} takes ${JSON.stringify(value)}`).toBe(false)
      } else {
        for (const value of bad.slice(0, 3)) expect(input.safeParse(value).success, name).toBe(false)
      }
    }
    for (const name of ['machine.start', 'machine.details', 'snapshot.tree', 'console.options'] as const) {
      for (const value of bad) expect(calls[name].input.safeParse(value).success, name).toBe(false)
    }
  })
})
