import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { type Claim, claimData, LockUnusable } from '../../main/single-instance.ts'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'berth-lock-'))
})
afterEach(() => rm(folder, { recursive: true }))

const claim = (whenAsked = vi.fn(() => ({ shell: 'web' as const, address: 'http://127.0.0.1:1/#token=x' }))) =>
  claimData(folder, folder, whenAsked)

function release(taken: Claim): void {
  if (taken.kind === 'ours') taken.release()
}

describe('a data folder', () => {
  it('belongs to the first Berth, which is asked to show itself by the second', async () => {
    const whenAsked = vi.fn(() => ({ shell: 'web' as const, address: 'http://127.0.0.1:1/#token=x' }))
    const first = await claim(whenAsked)
    expect(first.kind).toBe('ours')
    expect(await claim()).toEqual({
      kind: 'taken',
      pid: process.pid,
      other: { pid: process.pid, shell: 'web', address: 'http://127.0.0.1:1/#token=x' },
    })
    expect(whenAsked).toHaveBeenCalledOnce()
    release(first)
  })

  it('is free again once its Berth has ended', async () => {
    release(await claim())
    const next = await claim()
    expect(next.kind).toBe('ours')
    release(next)
    expect(await readdir(folder)).toEqual([])
  })

  it('is free again after a crash, though another process has the same id now', async () => {
    const other = spawn(process.execPath, ['-e', 'setTimeout(() => {}, 60000)'])
    const lock = { pid: other.pid, startedAt: 'another boot/12', socket: join(folder, 'gone.sock') }
    await writeFile(join(folder, 'berth.lock'), JSON.stringify(lock))
    const next = await claim()
    other.kill()
    expect(next.kind).toBe('ours')
    release(next)
  })

  it('is free again while the crashed process is still a zombie', async () => {
    // The shell does not wait for its child before it has slept.
    const shell = spawn('sh', ['-c', 'sleep 0.01 & echo $!; exec sleep 60'])
    const [output] = (await once(shell.stdout, 'data')) as [Buffer]
    const pid = Number(String(output).trim())
    await vi.waitFor(async () => expect(await readFile(`/proc/${pid}/stat`, 'utf8')).toContain(') Z '))
    const stat = await readFile(`/proc/${pid}/stat`, 'utf8')
    const boot = (await readFile('/proc/sys/kernel/random/boot_id', 'utf8')).trim()
    const startedAt = `${boot}/${stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19]}`
    await writeFile(join(folder, 'berth.lock'), JSON.stringify({ pid, startedAt, socket: join(folder, 'gone.sock') }))
    const next = await claim()
    shell.kill()
    expect(next.kind).toBe('ours')
    release(next)
  })

  it('stays with a Berth that lives but is too busy to answer', async () => {
    const other = spawn(process.execPath, ['-e', 'setTimeout(() => {}, 60000)'])
    const pid = other.pid ?? 0
    const stat = await readFile(`/proc/${pid}/stat`, 'utf8')
    const boot = (await readFile('/proc/sys/kernel/random/boot_id', 'utf8')).trim()
    const startedAt = `${boot}/${stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19]}`
    await writeFile(join(folder, 'berth.lock'), JSON.stringify({ pid, startedAt, socket: join(folder, 'gone.sock') }))
    expect(await claim()).toEqual({ kind: 'taken', pid, other: null })
    other.kill()
  })

  it('is refused with the path when its lock is a folder', async () => {
    const path = join(folder, 'berth.lock')
    await mkdir(path)
    const error = await claim().catch((thrown: unknown) => thrown)
    expect(error).toBeInstanceOf(LockUnusable)
    expect(error).toMatchObject({ path, reason: 'EISDIR' })
    expect(await readdir(folder)).toEqual(['berth.lock'])
  })

  it('is refused when its lock is a link that leads nowhere', async () => {
    await symlink(join(folder, 'nowhere'), join(folder, 'berth.lock'))
    await expect(claim()).rejects.toBeInstanceOf(LockUnusable)
  })

  it('with a lock that cannot be read is taken', async () => {
    await writeFile(join(folder, 'berth.lock'), 'half a lo')
    const next = await claim()
    expect(next.kind).toBe('ours')
    release(next)
  })

  it('goes to one of many that start at the same moment after a crash', async () => {
    await writeFile(join(folder, 'berth.lock'), JSON.stringify({ pid: 999_999, startedAt: null, socket: '/nowhere' }))
    const claims = await Promise.all(Array.from({ length: 8 }, () => claim()))
    expect(claims.filter(({ kind }) => kind === 'ours')).toHaveLength(1)
    for (const one of claims) release(one)
  })
})
