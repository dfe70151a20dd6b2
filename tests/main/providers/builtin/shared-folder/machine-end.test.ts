import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { MessageChannel, Worker } from 'node:worker_threads'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import {
  createSharedFolderEnd,
  type FolderDevice,
  type SharedFolderEnd,
} from '../../../../../main/providers/builtin/emulator/shared-folder.ts'
import { startFolderThread } from '../../../../../main/providers/builtin/folder.ts'
import { path as folderThread } from '../../../../../main/providers/builtin/shared-folder/folder-thread.ts?worker-file'
import type { SharedFolder } from '../../../../../main/providers/builtin/shared-folder/session.ts'
import { message } from '../../../../support/nine-p.ts'

/** v86's device as far as it matters here, with a guest's requests put into it by hand. */
function createDevice() {
  const chain = { length_readable: 0, read_buffers: [] as { len: number }[] }
  return {
    chain,
    resets: 0,
    restored: [] as (readonly unknown[])[],
    virtio: {
      reset: () => {},
      queues: [{ pop_request: () => chain }],
    },
    tag_bufchain: new Map<number, unknown>(),
    get_state: (): readonly unknown[] => ['tag', 3, 'virtio', new Map()],
    set_state(state: readonly unknown[]) {
      this.restored.push(state)
    },
  }
}

let ground = ''
const open: { worker: Worker; close: () => void }[] = []
beforeEach(() => {
  ground = mkdtempSync(join(tmpdir(), 'berth-machine-end-'))
})
afterEach(async () => {
  for (const { worker, close } of open.splice(0)) {
    close()
    await worker.terminate()
  }
  rmSync(ground, { recursive: true, force: true })
})

function connect(folder: SharedFolder | null) {
  const { port1, port2 } = new MessageChannel()
  const worker = new Worker(folderThread, { workerData: { port: port2, folder, session: null }, transferList: [port2] })
  open.push({ worker, close: () => port1.close() })
  const end = createSharedFolderEnd(port1)
  const device = createDevice()
  end.plug(device as FolderDevice)
  return { end, device }
}

function ask(end: SharedFolderEnd, ...args: Parameters<typeof message>): Promise<Buffer> {
  return new Promise((resolve) => end.handle9p(message(...args), (bytes) => resolve(Buffer.from(bytes))))
}

async function mount(end: SharedFolderEnd): Promise<void> {
  await ask(end, 'version', [131_072, '9P2000.L'])
  expect((await ask(end, 'attach', [0, 0xffffffff, 'root', '', 0])).readUInt8(4)).toBe(105)
}

describe('a machine whose folder is chosen later', () => {
  it('is refused all without a thread, and goes on with its handles once there is one', async () => {
    writeFileSync(join(ground, 'file'), 'content')
    const { end: before, device } = connect({ path: ground, isWritable: false })
    await mount(before)
    await ask(before, 'walk', [0, 5, { u16: 1 }, 'file'])
    await before.settle()

    const folder = startFolderThread(null, (error) => expect.fail(String(error)))
    const end = createSharedFolderEnd(folder.port)
    const resumed = createDevice()
    end.plug(resumed as FolderDevice)
    resumed.set_state(device.get_state())
    expect((await ask(end, 'getattr', [5, 0x7ffn])).readUInt8(4)).toBe(7)
    await end.settle()
    const asked = Array.from({ length: 5 }, () => ask(end, 'statfs', [5]))
    folder.share({ path: ground, isWritable: false })
    await Promise.all(asked)
    expect((await ask(end, 'getattr', [5, 0x7ffn])).readUInt8(4)).toBe(25)
    folder.share(null)
    await expect.poll(async () => (await ask(end, 'getattr', [5, 0x7ffn])).readUInt8(4)).toBe(7)
    folder.end()
  })
})

describe('a machine at its shared folder', () => {
  it('is answered by the thread of the folder, each request by its own answer', async () => {
    mkdirSync(join(ground, 'sub'))
    const { end } = connect({ path: ground, isWritable: true })
    await mount(end)
    const tags = await Promise.all(
      Array.from({ length: 20 }, (_, tag) => ask(end, 'walk', [0, tag + 1, { u16: 1 }, 'sub'], tag)),
    )
    expect(tags.map((reply) => reply.readUInt16LE(5))).toEqual(Array.from({ length: 20 }, (_, tag) => tag))
    expect(tags.every((reply) => reply.readUInt8(4) === 111)).toBe(true)
  })

  it('hears nothing any more of what was asked before a reset, and has no handles then', async () => {
    const { end, device } = connect({ path: ground, isWritable: false })
    await mount(end)
    const late: Buffer[] = []
    end.handle9p(message('getattr', [0, 0x7ffn]), (bytes) => late.push(Buffer.from(bytes)))
    device.tag_bufchain.set(1, {})
    device.virtio.reset()
    expect(device.tag_bufchain.size).toBe(0)
    const reply = await ask(end, 'getattr', [0, 0x7ffn])
    expect(reply.readUInt8(4)).toBe(7)
    expect(late).toEqual([])
  })

  it('does not end with an answer that the guest left no room for', async () => {
    const { end } = connect({ path: ground, isWritable: false })
    end.handle9p(message('version', [131_072, '9P2000.L']), () => {
      throw new RangeError('offset is out of bounds')
    })
    await mount(end)
  })

  it('takes no memory for a request that is longer than any, or of less than nothing', () => {
    const { device } = connect(null)
    const [queue] = device.virtio.queues
    for (const [readable, lengths] of [
      [1 << 30, [1 << 30]],
      [100, [200, -100]],
    ] as const) {
      device.chain.length_readable = readable
      device.chain.read_buffers = lengths.map((len) => ({ len }))
      expect(queue?.pop_request()).toMatchObject({ length_readable: 0, read_buffers: [] })
    }
    device.chain.length_readable = 100
    device.chain.read_buffers = [{ len: 100 }]
    expect(queue?.pop_request()).toMatchObject({ length_readable: 100 })
  })

  it('keeps the guest’s handles with its memory, for another thread to go on with', async () => {
    writeFileSync(join(ground, 'file'), 'content')
    const before = connect({ path: ground, isWritable: true })
    await mount(before.end)
    await ask(before.end, 'walk', [0, 5, { u16: 1 }, 'file'])
    await ask(before.end, 'lopen', [5, 2])
    await before.end.settle()
    const state = before.device.get_state()
    expect(state.slice(0, 4)).toEqual(['tag', 3, 'virtio', new Map()])

    const after = connect({ path: ground, isWritable: true })
    after.device.set_state(state)
    expect(after.device.restored).toEqual([state])
    const written = await ask(after.end, 'write', [5, 0n, 3, { data: Buffer.from('CON') }])
    expect(written.readUInt8(4)).toBe(119)
    expect(readFileSync(join(ground, 'file'), 'utf8')).toBe('CONtent')
  })

  it('says that its memory cannot be kept when the folder does not answer, and is asked again later', async () => {
    const { port1, port2 } = new MessageChannel()
    const end = createSharedFolderEnd(port1, 500)
    await expect(end.settle()).rejects.toMatchObject({ code: 'FOLDER_SILENT' })
    let isSettled = false
    const again = end.settle().then(() => {
      isSettled = true
    })
    const plain = createDevice()
    end.plug(plain as FolderDevice)
    port2.postMessage({ kind: 'kept', session: new Uint8Array([1]) })
    await expect.poll(() => plain.get_state()[4]).toEqual(new Uint8Array([1]))
    // The answer to what was asked first says nothing of what was asked since.
    expect(isSettled).toBe(false)
    port2.postMessage({ kind: 'kept', session: new Uint8Array([2]) })
    await again
    expect(plain.get_state()[4]).toEqual(new Uint8Array([2]))
    port1.close()
  })

  it('goes on from a memory of a machine that had no handles', async () => {
    const { end, device } = connect({ path: ground, isWritable: true })
    device.set_state(['tag', 3, 'virtio', new Map()])
    device.set_state(['tag', 3, 'virtio', new Map(), new Uint8Array()])
    await mount(end)
  })
})
