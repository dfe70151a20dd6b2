import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { defaultSettings } from '../../app/domain/settings.ts'
import { openAnnotations } from '../../main/services/annotations.ts'
import { openSettings } from '../../main/settings.ts'
import { createStateProblems } from '../../main/state/problems.ts'
import { silent } from './services/small-provider.ts'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'berth-settings-'))
})
afterEach(() => rm(folder, { recursive: true }))

describe('the settings', () => {
  it('begin as the defaults, and are there again after a restart', async () => {
    const settings = openSettings(folder, silent)
    expect(settings.get()).toEqual(defaultSettings)
    await settings.set({ theme: 'dark', terminal: { fontSizePx: 15 } })
    const again = openSettings(folder, silent).get()
    expect(again).toMatchObject({ theme: 'dark', terminal: { fontSizePx: 15, alwaysDark: false } })
  })

  it('tell who listens, and only of a change', async () => {
    const settings = openSettings(folder, silent)
    const heard = vi.fn()
    settings.onChanged(heard)
    await settings.set({ theme: 'system' })
    expect(heard).not.toHaveBeenCalled()
    await settings.set({ theme: 'light' })
    expect(heard).toHaveBeenCalledExactlyOnceWith(settings.get())
  })

  it.each([
    [{ theme: 'pink' }, 'theme'],
    [{ terminal: { fontSizePx: 900 } }, 'terminal.fontSizePx'],
    [{ terminal: 7 }, 'terminal'],
    [{ nonsense: true }, 'nonsense'],
    [JSON.parse('{"__proto__": {"theme": "dark"}}'), '__proto__'],
  ])('refuse %j at its field, and stay as they were', async (changes, field) => {
    const settings = openSettings(folder, silent)
    await expect(settings.set(changes)).rejects.toMatchObject({ error: { code: 'invalid-input', field } })
    expect(settings.get()).toEqual(defaultSettings)
    expect(await readdir(folder)).toEqual([])
  })

  it('take a tool’s path and forget it', async () => {
    const settings = openSettings(folder, silent)
    await settings.set({ toolPaths: { docker: '/opt/docker' } })
    await settings.set({ toolPaths: { podman: '/opt/podman' } })
    expect(settings.get().toolPaths).toEqual({ docker: '/opt/docker', podman: '/opt/podman' })
    await settings.set({ toolPaths: { docker: null } })
    expect(settings.get().toolPaths).toEqual({ podman: '/opt/podman' })
  })

  it('that cannot be read are kept beside the new ones, and that is said', async () => {
    await writeFile(join(folder, 'settings.json'), '{"theme": "da')
    const problems = createStateProblems()
    const settings = openSettings(folder, silent, problems)
    expect(settings.get()).toEqual(defaultSettings)
    const [notice] = problems.notices()
    expect(notice?.text.key).toBe('state.damagedWhole')
    expect(await readFile(String(notice?.text.params?.['aside']), 'utf8')).toBe('{"theme": "da')
    await settings.set({ theme: 'dark' })
    expect(openSettings(folder, silent).get().theme).toBe('dark')
  })

  it('lose only the field that cannot be read, and a copy is kept', async () => {
    await writeFile(join(folder, 'settings.json'), '{"theme": "dark", "textZoomPercent": "big"}')
    const problems = createStateProblems()
    expect(openSettings(folder, silent, problems).get()).toMatchObject({ theme: 'dark', textZoomPercent: 100 })
    expect(problems.notices()).toHaveLength(1)
  })

  it('of a newer Berth, with a field that this one does not know, are no damage', async () => {
    await writeFile(join(folder, 'settings.json'), '{"theme": "dark", "later": 1}')
    const problems = createStateProblems()
    expect(openSettings(folder, silent, problems).get().theme).toBe('dark')
    expect(problems.notices()).toEqual([])
  })

  it('asked for many times at once end as the last one, whole', async () => {
    const settings = openSettings(folder, silent)
    await Promise.all(Array.from({ length: 20 }, (_, step) => settings.set({ textZoomPercent: 80 + step })))
    expect(JSON.parse(await readFile(join(folder, 'settings.json'), 'utf8'))).toMatchObject({ textZoomPercent: 99 })
  })
})

describe('annotations', () => {
  it('are kept across restarts, and gone when there is nothing left of them', async () => {
    const annotations = openAnnotations(folder, silent)
    await annotations.set('tiny:one', { pinned: true, tags: ['학교', 'lab', 'lab'] })
    await annotations.set('tiny:one', { note: '2026년' })
    expect(openAnnotations(folder, silent).all()).toEqual({
      'tiny:one': { pinned: true, tags: ['학교', 'lab'], note: '2026년' },
    })
    await annotations.set('tiny:one', { pinned: false, tags: [], note: '' })
    expect(openAnnotations(folder, silent).all()).toEqual({})
  })

  it('that cannot be read are kept aside', async () => {
    await writeFile(join(folder, 'annotations.json'), '[1')
    expect(openAnnotations(folder, silent).all()).toEqual({})
    expect((await readdir(folder)).some((name) => name.includes('damaged'))).toBe(true)
  })
})
