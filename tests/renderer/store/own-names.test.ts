import { describe, expect, test } from 'vitest'
import { initialInventory, takeWhole } from '../../../renderer/store/inventory.ts'
import { withOwnNames } from '../../../renderer/store/own-names.ts'
import { endpoint, qemu } from '../support.ts'

const whole = takeWhole(initialInventory, {
  revision: 1,
  hosts: [],
  providers: [qemu, { ...qemu, id: 'builtin', label: 'Built-in', labelKey: 'builtin.name' }],
  endpoints: [endpoint('qemu:local'), { ...endpoint('builtin:local'), label: 'Built-in', labelKey: 'builtin.name' }],
  machines: [],
  annotations: {},
})

describe('names of providers', () => {
  test('that are words are in the person’s language, those of products as they are', () => {
    const korean = withOwnNames(whole, 'ko')
    expect(korean.endpoints.map(({ label }) => label)).toEqual([endpoint('qemu:local').label, '내장 머신'])
    expect(korean.providers.map(({ label }) => label)).toEqual([qemu.label, '내장 머신'])
    expect(korean.endpoints[0]).toBe(whole.endpoints[0])
  })

  test('follow the language back and forth, and change nothing else', () => {
    expect(withOwnNames(withOwnNames(whole, 'ko'), 'en')).toEqual(whole)
    expect(withOwnNames(whole, 'en')).toBe(whole)
  })
})
