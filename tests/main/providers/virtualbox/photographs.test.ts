import { tmpdir } from 'node:os'
import { describe, expect, it, vi } from 'vitest'
import type { MachineState } from '../../../../app/domain/machine.ts'
import { scanCodesOf } from '../../../../app/domain/scan-codes.ts'
import { newEntry } from '../../../../main/providers/virtualbox/entry.ts'
import { openPhotographs } from '../../../../main/providers/virtualbox/photographs.ts'
import type { ProviderContext } from '../../../../main/providers/virtualbox/provider-context.ts'

/** A screen whose commands are let through one by one, and the bytes of each. */
function typist() {
  const given: number[][] = []
  let letGo: (() => void)[] = []
  const world = {
    manage: {
      attempt: (args: readonly string[]) => {
        given.push(args.slice(3).map((byte) => Number.parseInt(byte, 16)))
        const done = { reason: 'exit', exitCode: 0, stdout: '', stderr: '' }
        return new Promise((resolve) => letGo.push(() => resolve(done)))
      },
    },
    queue: { run: (_uuid: string, job: () => Promise<unknown>) => job() },
    host: { runtimeDir: '/nowhere', log: { warn() {} } },
  } as unknown as ProviderContext
  const source = openPhotographs(world, newEntry('uuid'), { picture() {}, ended() {} } as never)
  return {
    source,
    given,
    async finishAll() {
      for (let last = -1; last !== given.length; ) {
        last = given.length
        for (const one of letGo) one()
        letGo = []
        await new Promise((resolve) => setImmediate(resolve))
      }
    },
  }
}

describe('keys of a VirtualBox screen', () => {
  it('are given in their order, a few at a time', async () => {
    const { source, given, finishAll } = typist()
    source.type('abcdefghij')
    await finishAll()
    const all = [...'ABCDEFGHIJ'].flatMap((letter) => [
      ...scanCodesOf(`Key${letter}`, true),
      ...scanCodesOf(`Key${letter}`, false),
    ])
    expect(given.flat()).toEqual(all)
    expect(Math.max(...given.map((codes) => codes.length))).toBeLessThanOrEqual(17)
  })

  it('are no longer typed once the screen is closed, and those that are down are let go', async () => {
    const { source, given, finishAll } = typist()
    source.key('ShiftLeft', true)
    source.type('x'.repeat(10_000))
    await new Promise((resolve) => setImmediate(resolve))
    source.close()
    await finishAll()
    expect(given.length).toBeLessThanOrEqual(3)
    // No key stays down in the middle of a command.
    expect(given.at(-1)).toEqual([...scanCodesOf('ShiftLeft', false)])
  })

  it('are nothing to give when a screen is closed at rest', async () => {
    const { source, given, finishAll } = typist()
    source.type('a')
    await finishAll()
    const before = given.length
    source.close()
    await finishAll()
    expect(given.length).toBe(before)
  })
})

describe('a VirtualBox screen of which no picture can be taken', () => {
  /** Whether the screen of a machine that is off ends, by what is being done to it. */
  async function endsIn(...doing: readonly MachineState[]): Promise<boolean> {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    let hasEnded = false
    let asked = 0
    const world = {
      queue: {
        async run() {
          asked += 1
          return null
        },
      },
      inventory: { refresh: async () => false, observedState: () => ({ word: 'poweroff' }) },
      host: { runtimeDir: tmpdir(), log: { warn() {} } },
    } as unknown as ProviderContext
    const events = {
      picture() {},
      ended() {
        hasEnded = true
      },
    }
    const entry = newEntry('uuid')
    entry.holds.push(...doing.map((state) => ({ state })))
    openPhotographs(world, entry, events as never).next()
    while (!hasEnded && asked < 10) {
      await vi.runOnlyPendingTimersAsync()
      // What a picture needs of the file system is not faked.
      await new Promise((resolve) => setImmediate(resolve))
    }
    vi.useRealTimers()
    return hasEnded
  }

  it('ends with its machine', async () => {
    expect(await endsIn('stopping')).toBe(true)
  })

  it('stays while its machine goes back to a snapshot, off for a moment', async () => {
    expect(await endsIn('restoring', 'starting')).toBe(false)
  })
})
