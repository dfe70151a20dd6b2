import { describe, expect, it } from 'vitest'
import { createMachineQueue, withPatience } from '../../../../main/providers/virtualbox/machine-queue.ts'

describe('one machine at a time', () => {
  it('gives a machine its commands one after another, and other machines theirs beside them', async () => {
    const queue = createMachineQueue()
    const order: string[] = []
    let letGo = (): void => {}
    const held = new Promise<void>((resolve) => {
      letGo = resolve
    })
    const first = queue.run('a', async () => {
      await held
      order.push('a1')
    })
    const second = queue.run('a', async () => void order.push('a2'))
    await queue.run('b', async () => void order.push('b'))
    expect(queue.isBusy('a')).toBe(true)
    letGo()
    await Promise.all([first, second])
    expect(order).toEqual(['b', 'a1', 'a2'])
  })

  it('tries again while somebody else has it, and gives the last answer when patience ends', async () => {
    let nowMs = 0
    let tries = 0
    const attempt = async (): Promise<string> => {
      tries += 1
      nowMs += 4_000
      return `locked ${tries}`
    }
    const { signal } = new AbortController()
    expect(
      await withPatience(
        attempt,
        () => true,
        signal,
        () => nowMs,
      ),
    ).toBe(`locked ${tries}`)
    expect(tries).toBeGreaterThan(2)
    expect(tries).toBeLessThan(6)

    tries = 0
    expect(await withPatience(attempt, (answer) => answer !== 'locked 2', signal)).toBe('locked 2')
  })

  it('does not wait for anything once it was called off', async () => {
    let tries = 0
    const attempt = async (): Promise<number> => {
      tries += 1
      return tries
    }
    expect(await withPatience(attempt, () => true, AbortSignal.abort())).toBe(1)
  })
})
