import { execFile } from 'node:child_process'
import { chmod, mkdtemp, readFile, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { MachineId } from '../../../app/domain/ids.ts'
import type { Provider } from '../../../main/providers/provider.ts'
import { createVirtualBoxProvider } from '../../../main/providers/virtualbox/provider.ts'
import type { ScreenEnd, ScreenEvents, ScreenSource } from '../../../main/screen/source.ts'
import { op } from '../../conformance/ground.ts'
import { missingVirtualBox } from '../../support/virtualbox-lab.ts'
import { type Acts, openActs } from './acts-ground.ts'

const run = promisify(execFile)
const lines: string[] = []
const keep = (level: string, event: string, data: unknown): void =>
  void lines.push(`${level} ${event} ${JSON.stringify(data)}`)

/** Without VirtualBox's extension for VNC every screen is a photograph, which has its own tests. */
const missingExtension: string | null =
  missingVirtualBox ??
  (await run('VBoxManage', ['list', 'extpacks'], { env: { ...process.env, BERTH_VBOX_LAB: 'default' } }).then(
    ({ stdout }) => (stdout.includes('VBoxVNC') ? null : 'no VNC extension'),
    () => 'no VNC extension',
  ))

describe.skipIf(missingExtension !== null)('VirtualBox screens by its VNC extension', () => {
  let acts: Acts
  let id: MachineId
  beforeAll(async () => {
    acts = await openActs('acts-display', {
      debug: (event, data) => keep('debug', event, data),
      info: (event, data) => keep('info', event, data),
      warn: (event, data) => keep('warn', event, data),
      error: (event, data) => keep('error', event, data),
    })
    id = await acts.make('shown')
  })
  afterAll(async () => {
    expect(await acts.leave()).toEqual([])
  })
  beforeEach(async () => {
    await acts.provider().power.start(id, op())
    await acts.read(id)
  })

  afterEach(() => {
    for (const source of opened.splice(0)) source.close()
  })

  it('shows pixels, takes keys and the pointer, and leaves the machine’s settings as they were', async () => {
    const shown = watcher()
    const source = await open(acts.provider(), id, shown)
    expect(source.takes).toEqual({ keyboard: true, pointer: 'absolute', text: true })
    await expect.poll(() => shown.lit(), { timeout: 10_000 }).toBeGreaterThan(100)
    expect(shown.size()).toEqual({ width: 720, height: 400 })
    const before = shown.areas()
    source.type('write Seen by VNC!\n')
    // Its guest says on the serial line what it does, whoever typed it.
    const said = (): Promise<string | null> | undefined => acts.provider().consoles?.tail(id, 6, op())
    await expect.poll(said, { timeout: 20_000 }).toMatch(/write Seen by VNC!\n+Written to the disk/)
    expect(await acts.read(id)).toBe('Seen by VNC!')
    for (const code of ['Escape', 'ArrowUp', 'F5', 'NumpadEnter', 'ShiftLeft']) {
      source.key(code, true)
      source.key(code, false)
    }
    source.pointer({ kind: 'at', x: 700, y: 390, buttons: 1, wheelX: 0, wheelY: -1 })
    source.pointer({ kind: 'at', x: 10, y: 10, buttons: 0, wheelX: 0, wheelY: 0 })
    await expect.poll(() => shown.areas(), { timeout: 10_000 }).toBeGreaterThan(before)
    expect(await settingsOf(acts, 'shown')).toContain('name="Berth" value="screen"')
    source.close()
    await expectUntouched(acts, 'shown')
  })

  it('listens on this computer alone, for whoever has the password, which nothing shows', async () => {
    const shown = watcher()
    const source = await open(acts.provider(), id, shown)
    const listening = await listeners(acts, id)
    expect(listening).toEqual([expect.stringMatching(/^127\.0\.0\.1:\d+$/)])
    const password = /name="VNCPassword" value="([^"]+)"/.exec(await settingsOf(acts, 'shown'))?.[1] ?? ''
    expect(password).toMatch(/^[\w-]{8}$/)
    expect(lines.join('\n')).not.toContain(password)
    expect(lines.some((line) => line.includes('vrdeport'))).toBe(true)
    source.close()
    await expectUntouched(acts, 'shown')
    expect(await listeners(acts, id)).toEqual([])
  })

  it('is one display for two who look, and is there until the last has gone', async () => {
    const one = watcher()
    const two = watcher()
    const first = await open(acts.provider(), id, one)
    const second = await open(acts.provider(), id, two)
    expect(await listeners(acts, id)).toHaveLength(1)
    first.close()
    await expect.poll(() => two.lit(), { timeout: 10_000 }).toBeGreaterThan(100)
    second.close()
    await expectUntouched(acts, 'shown')
  })

  it('is off in what VirtualBox keeps: in snapshots and in a saved machine', async () => {
    const shown = watcher()
    await open(acts.provider(), id, shown)
    await acts.provider().snapshots?.take(id, { name: 'kept', description: '', memory: true }, op())
    expect(await shown.ended).toMatchObject({ why: 'gone' })
    const again = watcher()
    const source = await open(acts.provider(), id, again)
    expect(source.takes.pointer).toBe('absolute')
    await acts.provider().suspend?.suspend(id, op())
    expect(await again.ended).toMatchObject({ why: 'gone' })
    await expectUntouched(acts, 'shown')
    expect(await settingsOf(acts, 'shown')).not.toContain('VNCPassword')
  })

  it('puts back what a Berth that was killed left, on a machine that runs, is saved or is off', async () => {
    for (const end of ['running', 'savestate', 'poweroff'] as const) {
      await acts.provider().power.start(id, op())
      const shown = watcher()
      // Never closed nor disposed, and without the list that would have it hold the serial line: it is as good as killed.
      const killed = createVirtualBoxProvider(acts.host)
      await open(killed, id, shown)
      if (end !== 'running') {
        // Another program ends the machine before the next Berth is there; the killed one hears of it no more.
        await acts.lab.insist('controlvm', acts.uuidOf(id), end)
      }
      await acts.again()
      await expectUntouched(acts, 'shown')
    }
  })

  it('leaves a remote display that a person has set up alone, and shows photographs', async () => {
    const own = await acts.make('own display')
    await acts.lab.insist('modifyvm', acts.uuidOf(own), '--vrdeproperty', 'TCP/Ports=15991')
    await acts.lab.insist('modifyvm', acts.uuidOf(own), '--vrdeproperty', 'TCP/Address=127.0.0.1')
    await acts.provider().list('virtualbox:local', op())
    await acts.provider().power.start(own, op())
    const before = await settingsOf(acts, 'own display')
    const shown = watcher()
    const source = await open(acts.provider(), own, shown)
    expect(source.takes.pointer).toBe('none')
    await expect.poll(() => shown.photographs(), { timeout: 10_000 }).toBeGreaterThan(0)
    source.close()
    expect(displayOf(await settingsOf(acts, 'own display'))).toBe(displayOf(before))
    await acts.provider().power.powerOff(own, op())
  })

  it('shows photographs where the display does not answer, and leaves nothing of it behind', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'berth-display-'))
    const manage = join(folder, 'VBoxManage')
    // VirtualBox's own, but for the switch: nothing will listen.
    await writeFile(manage, '#!/bin/sh\ncase "$*" in *" vrde on") exit 0 ;; esac\nexec VBoxManage "$@"\n')
    await chmod(manage, 0o755)
    const deaf = createVirtualBoxProvider({
      ...acts.host,
      findTool: async (name) => (name === 'VBoxManage' ? manage : acts.host.findTool(name)),
    })
    const shown = watcher()
    const source = await open(deaf, id, shown)
    expect(source.takes.pointer).toBe('none')
    await expect.poll(() => shown.photographs(), { timeout: 10_000 }).toBeGreaterThan(0)
    source.close()
    await expectUntouched(acts, 'shown')
    await deaf.dispose()
  })
})

const opened: ScreenSource[] = []

async function open(provider: Provider, id: MachineId, shown: Watcher): Promise<ScreenSource> {
  const source = await provider.screens?.open(id, 'screen0', { takeOver: false }, shown.events, op())
  if (source === undefined) throw new Error('no screen')
  opened.push(source)
  shown.follow(source)
  return source
}

function settingsOf(acts: Acts, name: string): Promise<string> {
  return readFile(join(acts.lab.machineFolder, name, `${name}.vbox`), 'utf8')
}

/** The machine's own remote display, without those of its snapshots, which come before it. */
function displayOf(settings: string): string {
  return /<RemoteDisplay[^>]*(?:\/>|>[\s\S]*<\/RemoteDisplay>)(?![\s\S]*<RemoteDisplay)/.exec(settings)?.[0] ?? ''
}

/** VirtualBox writes its usual port down once a display was ever set; nothing else is left, nor in any snapshot. */
async function expectUntouched(acts: Acts, name: string): Promise<void> {
  await expect
    .poll(
      async () =>
        (await settingsOf(acts, name)).match(
          /<Property name="(?!TCP\/Ports" value="3389)[^>]*>|<RemoteDisplay enabled[^>]*>/g,
        ),
      {
        timeout: 20_000,
      },
    )
    .toBeNull()
}

/** Where the machine's process listens. */
async function listeners(acts: Acts, id: MachineId): Promise<readonly string[]> {
  const pid = await acts.lab.pidOf(acts.uuidOf(id))
  const { stdout } = await run('ss', ['-ltnpH'])
  return stdout
    .split('\n')
    .filter((line) => line.includes(`pid=${pid},`))
    .map((line) => line.trim().split(/\s+/)[3] ?? '')
}

interface Watcher {
  readonly events: ScreenEvents
  readonly ended: Promise<ScreenEnd>
  readonly size: () => { readonly width: number; readonly height: number }
  readonly areas: () => number
  readonly photographs: () => number
  /** How many pixels are not black. */
  readonly lit: () => number
  /** Asks for the next picture as soon as one has come, as a window does. */
  readonly follow: (source: ScreenSource) => void
}

function watcher(): Watcher {
  let size = { width: 0, height: 0 }
  let pixels = new Uint8Array(0)
  let followed: ScreenSource | null = null
  let areas = 0
  let photographs = 0
  let end: (why: ScreenEnd) => void = () => {}
  const ended = new Promise<ScreenEnd>((resolve) => {
    end = resolve
  })
  const events: ScreenEvents = {
    text() {},
    cells() {},
    cursor() {},
    pixels(width, height) {
      size = { width, height }
      pixels = new Uint8Array(width * height * 4)
    },
    area(where, bytes) {
      areas += 1
      queueMicrotask(() => followed?.next())
      for (let row = 0; row < where.height; row += 1) {
        const from = row * where.width * 4
        pixels.set(bytes.subarray(from, from + where.width * 4), ((where.y + row) * size.width + where.x) * 4)
      }
    },
    picture() {
      photographs += 1
      queueMicrotask(() => followed?.next())
    },
    takes() {},
    ended: end,
  }
  const follow = (source: ScreenSource): void => {
    followed = source
    source.next()
  }
  const lit = (): number => {
    let count = 0
    for (let at = 0; at < pixels.length; at += 4) {
      if ((pixels[at] ?? 0) + (pixels[at + 1] ?? 0) + (pixels[at + 2] ?? 0) > 0) count += 1
    }
    return count
  }
  return { events, ended, size: () => size, areas: () => areas, photographs: () => photographs, lit, follow }
}
