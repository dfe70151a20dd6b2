import { describe, expect, it } from 'vitest'
import { type Fact, factsOf, type MachineDetails } from '../../../app/domain/details.ts'
import { busyStates, isOff, type MachineState, reachableAt, steadyStates } from '../../../app/domain/machine.ts'

const fact = (group: Fact['group'], value: string): Fact => ({
  group,
  label: { key: 'qemu.fact.ssh' },
  value,
  mono: true,
  copyable: true,
  revealPath: null,
  openUrl: null,
})
const ssh = fact('connect', 'ssh -p 2222 127.0.0.1')
const cpus = fact('hardware', '2')
const details: MachineDetails = { id: 'qemu:a', facts: [ssh, cpus], notices: [], commandLine: null, inspect: null }
const addresses = ['127.0.0.1:2222']
const off: readonly MachineState[] = ['stopped', 'suspended', 'crashed']

describe('a machine', () => {
  it.each(off)('that is %s has no address and no way to connect', (state) => {
    expect(isOff(state)).toBe(true)
    expect(reachableAt({ state, addresses })).toEqual([])
    expect(factsOf(details, 'connect', state)).toEqual([])
    expect(factsOf(details, 'hardware', state)).toEqual([cpus])
  })

  it.each([...steadyStates, ...busyStates].filter((state) => !off.includes(state)))(
    'that is %s keeps its addresses and ways to connect',
    (state) => {
      expect(isOff(state)).toBe(false)
      expect(reachableAt({ state, addresses })).toEqual(addresses)
      expect(factsOf(details, 'connect', state)).toEqual([ssh])
    },
  )
})
