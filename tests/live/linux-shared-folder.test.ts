import { createHash, randomBytes } from 'node:crypto'
import { mkdir, mkdtemp, readdir, readFile, rename, rm, stat, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { MachineId } from '../../app/domain/ids.ts'
import type { SharedFolder, VmSpec } from '../../app/domain/spec.ts'
import { MiB } from '../../app/domain/units.ts'
import { op } from '../conformance/ground.ts'
import { type BuiltinGround, builtinGround } from '../support/builtin-ground.ts'
import { type LinuxShell, linuxPrompt, shellOf } from '../support/linux-shell.ts'

const patienceMs = 120_000
const linux: Partial<VmSpec> = { guest: 'linux', disk: { from: 'guest' }, memoryBytes: 32 * MiB }
const mounted = "until grep -q ' /mnt/host ' /proc/mounts; do usleep 20000; done; cd /mnt/host"

describe('a folder shared with the Linux that comes with Berth', () => {
  let ground: BuiltinGround
  let place = ''
  let root = ''
  let outside = ''
  beforeAll(async () => {
    ground = await builtinGround()
    place = await mkdtemp(join(tmpdir(), 'berth-shared-live-'))
  })
  afterAll(async () => {
    await ground.leave()
    await rm(place, { recursive: true, force: true })
  })
  beforeEach(async () => {
    root = await mkdtemp(join(place, 'shared-'))
    outside = await mkdtemp(join(place, 'outside-'))
    await writeFile(join(outside, 'secret'), 'of the host\n')
  })

  async function started(id: MachineId): Promise<LinuxShell> {
    await ground.provider.power.start(id, op())
    const shell = await shellOf(ground.provider, id)
    await shell.until(linuxPrompt, patienceMs)
    return shell
  }
  /** At the shell of one that goes on: what it said before comes first. */
  async function again(id: MachineId): Promise<LinuxShell> {
    const shell = await shellOf(ground.provider, id)
    await shell.until(linuxPrompt)
    return shell
  }
  const share = (id: MachineId, sharedFolder: SharedFolder | null): Promise<void> | undefined =>
    ground.provider.configure?.configure(id, { sharedFolder }, op())
  async function leave(id: MachineId, shell: LinuxShell): Promise<void> {
    shell.end()
    await ground.provider.power.powerOff(id, op())
  }

  it('is at /mnt/host from the first prompt on, for reading only, and shows nothing outside', async () => {
    await writeFile(join(root, '한글 이름.txt'), '안녕하세요\n')
    await symlink(outside, join(root, 'out'))
    await symlink('../'.repeat(12), join(root, 'up'))
    const id = await ground.make('read only', { ...linux, sharedFolder: { path: root, readOnly: true } })
    const shell = await started(id)
    await shell.run('cd /mnt/host')
    expect(await shell.run('cat "한글 이름.txt"')).toBe('안녕하세요')
    // They are links of the guest's own tree there.
    expect(await shell.run('cat out/secret')).toContain('No such file')
    expect(await shell.run('ls up/mnt/host/')).toContain('out')
    expect(await shell.run('ls -a ..')).not.toContain('outside-')
    for (const command of ['echo x > new', 'rm out', 'mkdir d', 'mv out other', 'chmod 777 .']) {
      expect(await shell.run(command), command).toMatch(/Read-only file system/i)
    }
    expect((await readdir(root)).sort()).toEqual(['out', 'up', '한글 이름.txt'].sort())
    await leave(id, shell)
  })

  it('takes what the guest writes, byte for byte, and gives what the host does meanwhile', async () => {
    const id = await ground.make('writable', { ...linux, sharedFolder: { path: root, readOnly: false } })
    const shell = await started(id)
    await shell.run(mounted)
    const bytes = randomBytes(3 * MiB)
    await writeFile(join(root, 'from-host'), bytes)
    const sum = createHash('md5').update(bytes).digest('hex')
    expect(await shell.run('md5sum from-host | cut -d" " -f1')).toBe(sum)
    await shell.run('cp from-host from-guest; dd if=from-host of=in-parts bs=1000 2>/dev/null')
    expect((await readFile(join(root, 'from-guest'))).equals(bytes)).toBe(true)
    expect((await readFile(join(root, 'in-parts'))).equals(bytes)).toBe(true)

    await shell.run(
      'mkdir -p a/b/c; cp -r /etc a/etc; echo 안녕 > a/b/c/한글; mv a/b/c/한글 a/b/옮김; ln -s ../etc/passwd a/b/link',
    )
    expect(await shell.run('diff -r /etc a/etc && echo same')).toBe('same')
    expect(await shell.run('cat a/b/link | head -1')).toContain('root')
    expect(await readFile(join(root, 'a/b/옮김'), 'utf8')).toBe('안녕\n')
    const found = await shell.run('find a | wc -l')
    expect(Number(found)).toBe((await readdir(join(root, 'a'), { recursive: true })).length + 1)
    expect(await shell.run('df -m . | tail -1')).toMatch(/host9p|\/mnt\/host/)
    expect(await shell.run('ln -s /etc/passwd bad')).toMatch(/Operation not permitted/i)
    await shell.run('rm -r a from-guest in-parts')
    expect(await readdir(root)).toEqual(['from-host'])
    await leave(id, shell)
  })

  it('is switched on, changed and switched off while the machine runs', async () => {
    const id = await ground.make('switched', linux)
    const shell = await started(id)
    expect(await shell.run("grep -c ' /mnt/host ' /proc/mounts")).toBe('0')
    await writeFile(join(root, 'here'), 'first')
    await share(id, { path: root, readOnly: true })
    await shell.run(mounted)
    expect(await shell.run('cat here; echo; echo x > new')).toMatch(/^first\n[\s\S]*Read-only/)
    await share(id, { path: root, readOnly: false })
    expect(await shell.run('until echo x > new; do usleep 20000; done 2>/dev/null; cat new')).toMatch(/(^|\n)x$/)
    // The shell stays in it, and is in the other one then.
    await mkdir(join(root, 'other'))
    await share(id, { path: join(root, 'other'), readOnly: false })
    expect(await shell.run('while [ -e here ]; do usleep 20000; done; echo y > in-other; echo *')).toMatch(
      /(^|\n)in-other$/,
    )
    expect(await readdir(join(root, 'other'))).toEqual(['in-other'])
    await share(id, null)
    expect(await shell.run('while ls in-other; do usleep 20000; done; ls')).toContain('No such file')
    await share(id, { path: root, readOnly: true })
    expect(await shell.run('until ls here | cat | grep here; do usleep 20000; done 2>/dev/null')).toMatch(/(^|\n)here$/)
    await share(id, null)
    expect(await shell.run('ls /mnt/host')).toContain('No such file')
    expect((await ground.machine(id)).remark).toBeNull()
    await leave(id, shell)
  })

  it('refuses a folder that is not there, or Berth’s own, and leaves the setting as it was', async () => {
    const id = await ground.make('refused', linux)
    await expect(share(id, { path: join(root, 'none'), readOnly: true })).rejects.toMatchObject({
      error: { message: { key: 'builtin.error.sharedFolder' } },
    })
    await expect(share(id, { path: ground.folderOf(id), readOnly: true })).rejects.toMatchObject({
      error: { message: { key: 'builtin.error.sharedOwn' } },
    })
    expect((await ground.provider.configure?.read(id, op()))?.values.sharedFolder).toBeNull()
  })

  it('goes on in the middle of a file after suspending, and after a snapshot', async () => {
    const id = await ground.make('kept', { ...linux, sharedFolder: { path: root, readOnly: false } })
    let shell = await started(id)
    await shell.run(mounted)
    await shell.run('exec 5>>open; echo before >&5')
    const { snapshots, suspend } = ground.provider
    const snapshotId = (await snapshots?.take(id, { name: 'open', description: '', memory: true }, op())) ?? ''
    await shell.run('echo later >&5')
    shell.end()
    await suspend?.suspend(id, op())
    await ground.again()
    await ground.provider.power.start(id, op())
    shell = await again(id)
    expect(await shell.run('echo after >&5; cat open')).toBe('before\nlater\nafter')
    await ground.provider.snapshots?.restore(id, snapshotId, op())
    expect(await shell.run('echo restored >&5; cat open')).toBe('before\nlater\nafter\nrestored')
    expect(await readFile(join(root, 'open'), 'utf8')).toBe('before\nlater\nafter\nrestored\n')
    await leave(id, shell)
  })

  it('is said to be missing when it is gone, and the machine runs on without', async () => {
    const id = await ground.make('gone', { ...linux, sharedFolder: { path: root, readOnly: false } })
    let shell = await started(id)
    await shell.run(mounted)
    await shell.run('echo kept > file; exec 5<file')
    shell.end()
    await ground.provider.suspend?.suspend(id, op())
    await rename(root, `${root}-away`)
    await ground.provider.power.start(id, op())
    expect((await ground.machine(id)).remark).toEqual({ key: 'builtin.remark.sharedFolder', params: { path: root } })
    shell = await again(id)
    expect(await shell.run('cat <&5; ls; cd /; echo runs on')).toMatch(/(Stale|No such) file[\s\S]*runs on$/)
    await mkdir(root)
    expect(await readdir(root)).toEqual([])
    await rm(root, { recursive: true })
    await rename(`${root}-away`, root)
    await share(id, { path: root, readOnly: true })
    await shell.run(mounted)
    expect(await shell.run('cat file')).toBe('kept')
    expect((await ground.machine(id)).remark).toBeNull()
    await leave(id, shell)
  })

  it('is not reached by a program of the host that swaps a folder for a link while the guest writes', async () => {
    await mkdir(join(root, 'sub'))
    const id = await ground.make('race', { ...linux, sharedFolder: { path: root, readOnly: false } })
    const shell = await started(id)
    await shell.run(mounted)
    let isSwapping = true
    const swapping = (async () => {
      while (isSwapping) {
        await rename(join(root, 'sub'), join(root, 'real'))
        await symlink(outside, join(root, 'sub'))
        await rm(join(root, 'sub'))
        await rename(join(root, 'real'), join(root, 'sub'))
      }
    })()
    const said = await shell.run(
      'for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do echo x > sub/new; cat sub/secret; rm sub/secret; mkdir sub/d; done 2>&1',
    )
    isSwapping = false
    await swapping
    expect(said).not.toContain('of the host')
    expect(await readdir(outside)).toEqual(['secret'])
    expect((await stat(join(outside, 'secret'))).size).toBe(12)
    await leave(id, shell)
  })
})
