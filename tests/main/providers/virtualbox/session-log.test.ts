import { appendFile, mkdtemp, readFile, rename, rm, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createSessionLog } from '../../../../main/providers/virtualbox/session-log.ts'

const recorded = join(import.meta.dirname, '../../../fixtures/cli/virtualbox/files/VBox.log')
const alive = (): boolean => true

describe('a machine’s log', () => {
  let folder = ''
  let path = ''
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'berth-log-'))
    path = join(folder, 'VBox.log')
  })
  afterEach(() => rm(folder, { recursive: true, force: true }))

  it('says whose process it is and what it came to', async () => {
    await writeFile(path, await readFile(recorded))
    const log = createSessionLog(path)
    await log.refresh(alive)
    expect(log.session()).toMatchObject({ program: 'VBoxHeadless', word: 'poweroff' })
    expect(log.session()?.since).toMatch(/^2026-11-25T22:4\d:.*Z$/)
  })

  it('follows a run as it is written, a line in pieces included', async () => {
    const whole = (await readFile(recorded, 'utf8')).split('\n')
    const log = createSessionLog(path)
    await log.refresh(alive)
    expect(log.session()).toBeNull()
    await writeFile(path, `${whole.slice(0, 13).join('\n')}\n`)
    await log.refresh(alive)
    expect(log.session()?.word).toBe('starting')
    await appendFile(path, "00:00:01.5 Console: Machine state changed to 'Pau")
    await log.refresh(alive)
    expect(log.session()?.word).toBe('starting')
    await appendFile(path, "sed'\n")
    await log.refresh(alive)
    expect(log.session()?.word).toBe('paused')
    expect(Date.parse(log.session()?.since ?? '') - (log.session()?.openedAt ?? 0)).toBe(1500)
  })

  it('begins anew when a new run puts the old log aside', async () => {
    await writeFile(path, await readFile(recorded))
    const log = createSessionLog(path)
    await log.refresh(alive)
    await rename(path, `${path}.1`)
    const next = (await readFile(recorded, 'utf8')).split('\n').slice(0, 12).join('\n')
    await writeFile(path, next.replace(/Process ID: \d+/, 'Process ID: 77'))
    await log.refresh(alive)
    expect(log.session()).toMatchObject({ pid: 77, word: 'starting' })
  })

  it('does not read on where the process is long gone', async () => {
    await writeFile(path, await readFile(recorded))
    const aMinuteAgo = Date.now() / 1000 - 60
    await utimes(path, aMinuteAgo, aMinuteAgo)
    const log = createSessionLog(path)
    await log.refresh(() => false)
    expect(log.session()?.word).toBe('starting')
  })

  it('reads what a process said that ended just now: the settings may not tell of it yet', async () => {
    await writeFile(path, await readFile(recorded))
    const log = createSessionLog(path)
    await log.refresh(() => false)
    expect(log.session()?.word).toBe('poweroff')
  })

  it('is no session when it is empty, cut short or not there', async () => {
    const log = createSessionLog(path)
    for (const text of ['', '00:00:00.1 VirtualBox VM 7.2', 'nonsense\n'.repeat(100)]) {
      await writeFile(path, text)
      await log.refresh(alive)
      expect(log.session()).toBeNull()
    }
    await rm(path)
    await log.refresh(alive)
    expect(log.session()).toBeNull()
  })
})
