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

  it('says what VirtualBox could not go on with, until it runs again', async () => {
    const head = (await readFile(recorded, 'utf8')).split('\n').slice(0, 13).join('\n')
    const log = createSessionLog(path)
    // As VirtualBox 7.2.22 wrote it of a disk on a full file system.
    await writeFile(
      path,
      `${head}
00:00:03.636642 Console: Machine state changed to 'Running'
00:00:03.738039 PIIX3 ATA: Host disk full
00:00:03.738091 VM: Raising runtime error 'DevATA_DISKFULL' (fFlags=0x6)
00:00:03.738364 Console: Machine state changed to 'Paused'
00:00:03.738954 Console: VM runtime error: fatal=false, errorID=DevATA_DISKFULL message="Host system reported disk full. VM execution is suspended. You can resume after freeing some space"
`,
    )
    await log.refresh(alive)
    expect(log.session()).toMatchObject({
      word: 'paused',
      trouble: { id: 'DevATA_DISKFULL', said: expect.stringMatching(/^Host system .* some space$/) },
    })
    await appendFile(path, "00:00:09.812438 Console: Machine state changed to 'Running'\n")
    await log.refresh(alive)
    expect(log.session()).toMatchObject({ word: 'running', trouble: null })
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
