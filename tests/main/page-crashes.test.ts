import { EventEmitter } from 'node:events'
import type { BrowserWindow } from 'electron'
import { describe, expect, it, vi } from 'vitest'
import type { Log } from '../../main/log.ts'
import { createCrashCounter, maxCrashes, reloadAfterCrash } from '../../main/page-crashes.ts'

describe('a crash counter', () => {
  it('allows a page fewer crashes than the limit within a minute', () => {
    const counter = createCrashCounter()
    for (let crash = 1; crash < maxCrashes; crash += 1) expect(counter.add(crash)).toBe(false)
    expect(counter.add(maxCrashes)).toBe(true)
  })

  it('forgets crashes that are a minute ago', () => {
    const counter = createCrashCounter()
    for (let crash = 0; crash < 20; crash += 1) expect(counter.add(crash * 30_000)).toBe(false)
  })

  it('begins at zero again after a reset', () => {
    const counter = createCrashCounter()
    for (let crash = 1; crash <= maxCrashes; crash += 1) counter.add(crash)
    counter.reset()
    expect(counter.add(maxCrashes + 1)).toBe(false)
  })
})

describe('a window whose page keeps crashing', () => {
  function setUp(answer: boolean) {
    const reload = vi.fn()
    const webContents = Object.assign(new EventEmitter(), { reload })
    const window = { webContents, isDestroyed: () => false } as unknown as BrowserWindow
    const [ask, onGivenUp] = [vi.fn(() => Promise.resolve(answer)), vi.fn()]
    const log = { error: vi.fn() } as unknown as Log
    reloadAfterCrash(window, { log, isLeaving: () => false, ask, giveUp: { key: 'app.quit' }, onGivenUp })
    const crash = (reason = 'crashed'): boolean =>
      webContents.emit('render-process-gone', {}, { reason, exitCode: 139 })
    return { reload, ask, onGivenUp, crash }
  }

  it('reloads by itself at first and then only when a person wants it', async () => {
    const { reload, ask, crash } = setUp(true)
    for (let count = 1; count < maxCrashes; count += 1) crash()
    expect(reload).toHaveBeenCalledTimes(maxCrashes - 1)
    expect(ask).not.toHaveBeenCalled()
    crash()
    expect(reload).toHaveBeenCalledTimes(maxCrashes - 1)
    expect(ask).toHaveBeenCalledTimes(1)
    await vi.waitFor(() => expect(reload).toHaveBeenCalledTimes(maxCrashes))
  })

  it('gives up when a person does not want to reload', async () => {
    const { reload, onGivenUp, crash } = setUp(false)
    for (let count = 1; count <= maxCrashes; count += 1) crash()
    await vi.waitFor(() => expect(onGivenUp).toHaveBeenCalledTimes(1))
    expect(reload).toHaveBeenCalledTimes(maxCrashes - 1)
  })

  it('is not reloaded after it ended cleanly', () => {
    const { reload, crash } = setUp(true)
    crash('clean-exit')
    expect(reload).not.toHaveBeenCalled()
  })
})
