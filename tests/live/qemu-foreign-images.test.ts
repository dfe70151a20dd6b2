import { execFileSync } from 'node:child_process'
import { mkdir, readFile, rename, truncate, writeFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:net'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { AgreedFile, VmSpec } from '../../app/domain/spec.ts'
import { askedFile } from '../../main/images/agreed.ts'
import { errorFrom, op } from '../conformance/ground.ts'
import { missingQemu, type QemuGround, qemuGround, specOf } from './qemu-ground.ts'

const qemuImg = (...args: readonly string[]): void => void execFileSync('qemu-img', args, { stdio: 'ignore' })

/** Images that reach for a file of this computer in every way that qemu-img can write down. */
describe.skipIf(missingQemu !== null)('a disk image from a stranger in QEMU', () => {
  let ground: QemuGround
  let folder: string
  let secret: string
  let server: Server
  let port: number
  let connections = 0

  beforeAll(async () => {
    ground = await qemuGround()
    folder = join(ground.folder, 'downloads')
    const home = join(ground.folder, 'home')
    await mkdir(folder)
    await mkdir(join(home, 'keys'), { recursive: true })
    secret = join(home, 'secret.txt')
    await writeFile(secret, 'TOP-SECRET\n')
    await truncate(secret, 65_536)
    await writeFile(join(home, 'keys', 'id_rsa'), 'PRIVATE-KEY')
    server = createServer((socket) => {
      connections += 1
      socket.destroy()
    })
    await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve))
    const address = server.address()
    port = typeof address === 'object' && address !== null ? address.port : 0

    const at = (name: string): string => join(folder, name)
    qemuImg('create', '-f', 'qcow2', '-b', secret, '-F', 'raw', at('backing.qcow2'), '1M')
    qemuImg('create', '-f', 'qcow2', '-b', at('backing.qcow2'), '-F', 'qcow2', at('chain.qcow2'), '1M')
    qemuImg('create', '-f', 'qcow2', '-b', '../home/secret.txt', '-F', 'raw', at('relative.qcow2'), '1M')
    const json = JSON.stringify({ driver: 'raw', file: { driver: 'file', filename: secret } })
    qemuImg('create', '-f', 'qcow2', '-u', '-b', `json:${json}`, '-F', 'raw', at('json.qcow2'), '1M')
    qemuImg('create', '-f', 'qcow2', '-u', '-b', `fat:${home}/keys`, '-F', 'raw', at('fat.qcow2'), '500M')
    qemuImg('create', '-f', 'qcow2', '-u', '-b', `nbd://127.0.0.1:${port}/x`, '-F', 'raw', at('nbd.qcow2'), '1M')
    qemuImg('create', '-f', 'qcow2', '-o', `data_file=${join(home, 'data')}`, at('data.qcow2'), '64k')
    await rename(secret, join(home, 'data'))
    await writeFile(secret, await readFile(join(home, 'data')))
    qemuImg('create', '-f', 'vmdk', '-o', 'subformat=monolithicFlat', at('flat.vmdk'), '1M')
    const text = (await readFile(at('flat.vmdk'), 'latin1')).replace('"flat-flat.vmdk"', `"${secret}"`)
    await writeFile(at('flat.vmdk'), text.replace('RW 2048', 'RW 128'), 'latin1')
  })
  afterAll(async () => {
    server.close()
    await ground.leave()
  })

  const diskOf = (
    name: string,
    use: 'copy' | 'in-place',
    allowedFiles: readonly AgreedFile[] = [],
  ): VmSpec['disk'] => ({
    from: 'image',
    path: join(folder, name),
    format: name.endsWith('vmdk') ? 'vmdk' : 'qcow2',
    use,
    allowedFiles: [...allowedFiles],
  })
  const names = ['backing.qcow2', 'chain.qcow2', 'relative.qcow2', 'json.qcow2', 'fat.qcow2', 'nbd.qcow2']

  it.for(
    [...names, 'data.qcow2', 'flat.vmdk'].flatMap((name) => [[name, 'copy'] as const, [name, 'in-place'] as const]),
  )('is refused with the name of what it reaches for before any program opens it: %s, %s', async ([name, use]) => {
    const watched = op()
    const error = await errorFrom(
      ground.provider.create?.create({ ...specOf(name, ground.guestDisk), disk: diskOf(name, use) }, watched) ??
        Promise.resolve(),
    )
    expect(error.message.key).toMatch(/^image\.error\.(?:elsewhere|protocol|writesElsewhere)$/)
    const said = Object.values(error.message.params ?? {}).join(' ')
    expect(said).toMatch(/secret\.txt|json:|fat:|nbd:|\/data/)
    expect(watched.commands.filter(({ line }) => line.includes(name))).toEqual([])
    expect(connections).toBe(0)
  })

  it('is copied with exactly the file that was agreed to', async () => {
    const id = await ground.make('agreed', { disk: diskOf('chain.qcow2', 'copy', [await askedFile(secret)]) })
    const raw = join(ground.folder, 'agreed.raw')
    qemuImg('convert', '-O', 'raw', join(ground.folderOf(id), 'disk0.qcow2'), raw)
    expect((await readFile(raw)).subarray(0, 10).toString()).toBe('TOP-SECRET')
  })

  it('is not copied with a file that took the place of the one that was agreed to', async () => {
    const asked = await askedFile(secret)
    await rename(secret, `${secret}.before`)
    await writeFile(secret, 'ANOTHER-SECRET')
    const error = await errorFrom(ground.make('replaced', { disk: diskOf('chain.qcow2', 'copy', [asked]) }))
    expect(error).toMatchObject({ message: { key: 'image.error.elsewhere', params: { path: secret } } })
    await rename(`${secret}.before`, secret)
  })

  it('is not started once it names another file than it was taken in with', async () => {
    const path = join(folder, 'mine.qcow2')
    qemuImg('create', '-f', 'qcow2', path, '1M')
    const id = await ground.make('mine', { disk: diskOf('mine.qcow2', 'in-place') })
    qemuImg('rebase', '-u', '-b', secret, '-F', 'raw', path)
    const error = await errorFrom(ground.provider.power.start(id, op()))
    expect(error).toMatchObject({ message: { key: 'image.error.changed', params: { path: secret } } })
    qemuImg('rebase', '-u', '-b', '', path)
    await ground.provider.power.start(id, op())
    await ground.provider.power.powerOff(id, op())
  })

  it('starts on the chain it was taken in with, and is copied from it', async () => {
    qemuImg(
      'create',
      '-f',
      'qcow2',
      '-b',
      join(folder, 'base.qcow2'),
      '-u',
      '-F',
      'qcow2',
      join(folder, 'over.qcow2'),
      '1M',
    )
    qemuImg('convert', '-O', 'qcow2', ground.guestDisk, join(folder, 'base.qcow2'))
    const id = await ground.make('over', { disk: diskOf('over.qcow2', 'in-place') })
    await ground.start(id)
    await ground.provider.power.powerOff(id, op())
    const copy = await ground.provider.clone?.clone(id, { name: 'copy', mode: 'full', snapshotId: null }, op())
    await ground.start(copy ?? 'qemu:none')
    await ground.provider.power.powerOff(copy ?? 'qemu:none', op())
  })

  it('is refused when it is chosen if it is encrypted or compressed', async () => {
    const encrypted = join(folder, 'encrypted.qcow2')
    const options = 'encrypt.format=luks,encrypt.key-secret=s'
    qemuImg('create', '-f', 'qcow2', '--object', 'secret,id=s,data=abc123', '-o', options, encrypted, '10M')
    for (const use of ['copy', 'in-place'] as const) {
      expect(await errorFrom(ground.make('e', { disk: diskOf('encrypted.qcow2', use) }))).toMatchObject({
        message: { key: 'image.error.encrypted' },
      })
    }
    const packed = join(folder, 'disk.img.xz')
    await writeFile(packed, execFileSync('xz', ['-c', ground.guestDisk]))
    const disk = { from: 'image', path: packed, format: 'raw', use: 'copy' } as const
    const wanted = { message: { key: 'image.error.packed', params: { packing: 'xz' } } }
    expect(await errorFrom(ground.make('p', { disk }))).toMatchObject(wanted)
    expect(await errorFrom(ground.make('p', { disk: { from: 'none' }, isoPath: packed }))).toMatchObject(wanted)
  })
})
