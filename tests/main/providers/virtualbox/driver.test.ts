import { describe, expect, it } from 'vitest'
import { createOptions } from '../../../../main/providers/virtualbox/create-options.ts'
import { isDriverMissing } from '../../../../main/providers/virtualbox/driver.ts'
import type { ProviderContext } from '../../../../main/providers/virtualbox/provider-context.ts'

describe('VirtualBox’s kernel driver', () => {
  it('is looked for on Linux only, where its device shows whether it is loaded', () => {
    expect(isDriverMissing('linux', () => false)).toBe(true)
    expect(isDriverMissing('linux', (path) => path === '/dev/vboxdrv')).toBe(false)
    expect(isDriverMissing('darwin', () => false)).toBe(false)
    expect(isDriverMissing('win32', () => false)).toBe(false)
  })

  it('makes the form for a new machine say what Providers says while it is not loaded', async () => {
    const world = {
      host: { platform: 'linux', homeDir: '/tmp' },
      inventory: { registry: () => Promise.resolve({ machineFolder: '/tmp' }) },
      osTypes: () => Promise.resolve([]),
    } as unknown as ProviderContext
    const op = { signal: new AbortController().signal, progress() {}, record() {} }
    const [architecture] = (await createOptions(world, op)).architectures
    const isMissing = isDriverMissing('linux')
    expect(architecture?.slow).toEqual(isMissing ? { key: 'virtualbox.notice.noDriver' } : null)
  })
})
