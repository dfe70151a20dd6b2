import { appendFile, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { Progress } from '../../../../app/domain/task.ts'
import { sayHowMuch, whileGrowing } from '../../../../main/providers/common/growing.ts'

let folder = ''
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'berth-growing-'))
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
})
afterEach(async () => {
  vi.useRealTimers()
  await rm(folder, { recursive: true })
})

/** What was said so far, and the next thing that is. */
function listener() {
  const said: unknown[] = []
  let tell = (): void => {}
  return {
    said,
    progress({ text }: Progress) {
      said.push([text?.key, text?.params?.['size']])
      tell()
    },
    next: () =>
      new Promise<void>((resolve) => {
        tell = resolve
      }),
  }
}

describe('a copy of which nobody says how far it is', () => {
  it('says how much of it is there, until it is over', async () => {
    const path = join(folder, 'draft')
    const op = listener()
    const result = await whileGrowing(path, op, async () => {
      // Nothing is there yet: nothing is said.
      await vi.advanceTimersByTimeAsync(1_000)
      for (const bytes of [8192, 4096]) {
        await appendFile(path, Buffer.alloc(bytes, 1))
        const next = op.next()
        await vi.advanceTimersByTimeAsync(1_000)
        await next
      }
      return 'done'
    })
    await vi.advanceTimersByTimeAsync(5_000)
    expect(result).toBe('done')
    expect(op.said).toEqual([
      ['files.soFar', '8.2 KB'],
      ['files.soFar', '12.3 KB'],
    ])
  })

  it('stops looking when it fails', async () => {
    const op = listener()
    await expect(whileGrowing(join(folder, 'draft'), op, () => Promise.reject(new Error('gone')))).rejects.toThrow(
      'gone',
    )
    expect(vi.getTimerCount()).toBe(0)
  })

  it('says how much there is to copy', async () => {
    const path = join(folder, 'source')
    await writeFile(path, Buffer.alloc(8192, 1))
    const op = listener()
    await sayHowMuch(path, op)
    // A link is copied as what it leads to; what is not there is for the copy to complain of.
    await symlink(path, join(folder, 'link'))
    await sayHowMuch(join(folder, 'link'), op)
    await sayHowMuch(join(folder, 'nothing'), op)
    expect(op.said).toEqual([
      ['files.inAll', '8.2 KB'],
      ['files.inAll', '8.2 KB'],
    ])
  })
})
