import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { machineId, parseId } from '../../../app/domain/ids.ts'

describe('parseId', () => {
  it('splits at the first colon only', () => {
    expect(parseId('docker:ssh://box:2222/4be1')).toEqual({ provider: 'docker', key: 'ssh://box:2222/4be1' })
  })

  it.for(['', ':', 'qemu', 'qemu:', ':key'])('refuses %j', (text) => {
    expect(parseId(text)).toBeNull()
  })

  it('gives back what machineId joined', () => {
    const provider = fc.string({ minLength: 1 }).filter((text) => !text.includes(':'))
    fc.assert(
      fc.property(provider, fc.string({ minLength: 1 }), (name, key) => {
        expect(parseId(machineId(name, key))).toEqual({ provider: name, key })
      }),
    )
  })
})
