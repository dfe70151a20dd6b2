import { spawnSync } from 'node:child_process'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import type { MachineId } from '../../app/domain/ids.ts'
import type { VmSpec } from '../../app/domain/spec.ts'
import { MiB } from '../../app/domain/units.ts'
import { emulator } from '../../main/providers/builtin/program.ts'
import { op } from '../conformance/ground.ts'
import { type BuiltinGround, builtinGround } from '../support/builtin-ground.ts'
import { type LinuxShell, linuxPrompt, shellOf } from '../support/linux-shell.ts'

const patienceMs = 120_000
vi.setConfig({ testTimeout: 400_000 })
const linux: Partial<VmSpec> = { guest: 'linux', disk: { from: 'guest' }, memoryBytes: 32 * MiB }
const e2fsck = spawnSync('e2fsck', ['-V'], { env: { PATH: `${process.env['PATH']}:/usr/sbin:/sbin` } })

describe('the Linux that comes with Berth', () => {
  let ground: BuiltinGround
  let locale: 'en' | 'ko' = 'en'
  beforeAll(async () => {
    ground = await builtinGround({ locale: () => locale })
  })
  afterAll(() => ground.leave())

  /** Starts it and waits for its first prompt. */
  const started = async (id: MachineId): Promise<LinuxShell & { readonly said: string }> => {
    await ground.provider.power.start(id, op())
    const shell = await shellOf(ground.provider, id)
    const said = await shell.until(linuxPrompt, patienceMs)
    return { ...shell, said }
  }
  const kibibytesOf = async (shell: LinuxShell): Promise<number> =>
    Number(await shell.run("awk '/MemTotal/ { print $2 }' /proc/meminfo"))
  const secondsLate = async (shell: LinuxShell): Promise<number> =>
    Math.abs(Date.now() / 1000 - Number(await shell.run('date +%s')))

  it.each([
    ['en', /Nothing was installed on your computer/],
    ['ko', /아무것도 설치하지 않았습니다/],
  ] as const)(
    'goes on from the memory that comes with it, says what to try in the language of the app (%s), and has the right time',
    async (language, words) => {
      locale = language
      const id = await ground.make(`first ${language}`, linux)
      const shell = await started(id)
      locale = 'en'
      expect(shell.said).toMatch(words)
      expect(shell.said).not.toContain('from the disk')
      expect(await secondsLate(shell)).toBeLessThan(3)
      shell.end()
      await ground.provider.power.powerOff(id, op())
    },
  )

  it('shows Hangul that is typed, in names and in files', async () => {
    const id = await ground.make('hangul', linux)
    const shell = await started(id)
    shell.type('echo 안녕하세요 > 한글.txt')
    expect(await shell.until(/한글\.txt/)).toContain('echo 안녕하세요 > 한글.txt')
    // Taken back as characters, not as bytes.
    shell.type('\x7f\x7f\x7f\x7f\x7f글.txt\r')
    await shell.until(linuxPrompt)
    expect(await shell.run('ls')).toContain('한글.txt')
    expect(await shell.run('cat 한글.txt')).toBe('안녕하세요')
    shell.end()
    await ground.provider.power.powerOff(id, op())
  })

  it('is broken, restored and broken again by undo', async () => {
    const id = await ground.make('story', linux)
    const shell = await started(id)
    await shell.run('echo kept > note.txt; sync')
    const { snapshots } = ground.provider
    const snapshotId = (await snapshots?.take(id, { name: 'whole', description: '', memory: true }, op())) ?? ''
    await shell.run('echo later > note.txt; rm -rf /bin /etc /usr')
    expect(await shell.run('ls')).toContain('not found')

    await snapshots?.restore(id, snapshotId, op())
    expect(await shell.run('cat note.txt')).toBe('kept')
    expect(await shell.run('echo /bin/busy*')).toBe('/bin/busybox')
    expect(await secondsLate(shell)).toBeLessThan(3)

    const restoreId = (await snapshots?.tree(id, op()))?.restores[0]?.id ?? ''
    await snapshots?.undo(id, restoreId, op())
    expect(await shell.run('ls')).toContain('not found')
    shell.end()
    await ground.provider.power.powerOff(id, op())
  })

  it('goes on where it was after it was suspended and Berth began anew', async () => {
    const id = await ground.make('suspended', linux)
    const before = await started(id)
    await before.run('remembered=yes; echo on the disk > note.txt')
    before.end()
    await ground.provider.suspend?.suspend(id, op())
    await ground.again()
    expect((await ground.machine(id)).state).toBe('suspended')
    await ground.provider.power.start(id, op())
    const after = await shellOf(ground.provider, id)
    expect(await after.run('echo $remembered; cat note.txt')).toBe('yes\non the disk')
    expect(await secondsLate(after)).toBeLessThan(3)
    after.end()
    await ground.provider.power.powerOff(id, op())
  })

  it('has a shell that Ctrl+C leaves alone before its first prompt', async () => {
    const id = await ground.make('interrupted', linux)
    const { started: running } = await ground.beginStart(id)
    const shell = await shellOf(ground.provider, id)
    // Typed before the machine is there, these are the first that its guest hears.
    shell.type('\x03\x1c\x1a\x03')
    await running
    await shell.until(linuxPrompt, patienceMs)
    expect(await shell.run('echo answers')).toBe('answers')
    // A program of the shell's ends by it as ever.
    shell.type('sleep 9999; echo on with "it"\r')
    await shell.until(/on with "it"\r\n/)
    shell.type('\x03')
    await shell.until(linuxPrompt)
    shell.end()
    await ground.provider.power.powerOff(id, op())
  })

  it('reboots, is reset, switches off by its button with a clean disk, and starts again with 16 MiB', async () => {
    const id = await ground.make('power', linux)
    const shell = await started(id)
    expect(await shell.run('cat /sys/block/sda/queue/write_cache')).toBe('write back')
    await shell.run('echo kept > note.txt')
    shell.type('reboot\r')
    await shell.until(/Starting Linux from the disk/, patienceMs)
    // In the middle of that.
    await ground.provider.reset?.reset(id, op())
    await shell.until(/Starting Linux from the disk[\s\S]*root@linux:\S+# $/, patienceMs)
    expect(await shell.run('cat note.txt; cat /proc/uptime | cut -d. -f1')).toMatch(/^kept\n\d{1,3}$/)
    shell.end()

    await ground.provider.power.shutDown(id, op())
    expect((await ground.machine(id)).state).toBe('stopped')
    if (e2fsck.error === undefined) {
      const checked = spawnSync('e2fsck', ['-fn', join(ground.folderOf(id), 'disk0.img')], {
        env: { PATH: `${process.env['PATH']}:/usr/sbin:/sbin` },
        encoding: 'utf8',
      })
      expect(checked.stdout).not.toMatch(/recover|not cleanly/i)
      expect(checked.status).toBe(0)
    }
    await ground.provider.configure?.configure(id, { memoryBytes: 16 * MiB }, op())
    const again = await started(id)
    expect(again.said).toContain('Starting Linux from the disk')
    expect(await again.run('cat note.txt')).toBe('kept')
    expect(await kibibytesOf(again)).toBeLessThan(16 * 1024)
    again.type('poweroff\r')
    await expect.poll(async () => (await ground.machine(id)).state).toBe('stopped')
    again.end()
  })

  it('starts from its disk where its memory is another Berth’s, says so as long as it is on, and has 128 MiB', async () => {
    const id = await ground.make('old', linux)
    const path = join(ground.folderOf(id), 'machine.json')
    await ground.again(async () => {
      const definition = JSON.parse(await readFile(path, 'utf8'))
      expect(definition.prepared).not.toBeNull()
      const changed = { ...definition, prepared: `of ${emulator}’s predecessor`, memoryBytes: 128 * MiB }
      await writeFile(path, JSON.stringify(changed))
    })
    const asked = op()
    await ground.provider.power.start(id, asked)
    expect(asked.steps.map(({ text }) => text?.key)).toContain('builtin.step.fromDisk')
    const shell = await shellOf(ground.provider, id)
    const said = await shell.until(linuxPrompt, patienceMs)
    expect(said).toContain('Starting Linux from the disk')
    expect(said).toContain('Nothing was installed')
    expect(await kibibytesOf(shell)).toBeGreaterThan(64 * 1024)
    expect((await ground.machine(id)).remark?.key).toBe('builtin.remark.fromDisk')
    shell.end()
    await ground.provider.power.powerOff(id, op())
    expect((await ground.machine(id)).remark).toBeNull()
  })

  it('runs several times at once, each for itself', async () => {
    const ids = await Promise.all(['a', 'b', 'c'].map((name) => ground.make(name, linux)))
    const shells = await Promise.all(ids.map(started))
    await Promise.all(shells.map((shell, index) => shell.run(`echo ${index} > mine`)))
    expect(await Promise.all(shells.map((shell) => shell.run('cat mine')))).toEqual(['0', '1', '2'])
    const seeds = await Promise.all(shells.map((shell) => shell.run('head -c 16 /dev/urandom | md5sum')))
    expect(new Set(seeds).size).toBe(3)
    for (const shell of shells) shell.end()
    await Promise.all(ids.map((id) => ground.provider.power.powerOff(id, op())))
  })
})
