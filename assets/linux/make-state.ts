import { createHash } from 'node:crypto'
import { readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { MiB } from '../../app/domain/units.ts'
import { devicesOf, makeOf } from '../../main/providers/builtin/definitions.ts'
import { unpackDisk } from '../../main/providers/builtin/packed-disk.ts'
import { bios, emulator, linux } from '../../main/providers/builtin/program.ts'
import { startThread } from '../../main/providers/builtin/thread.ts'

/** What the machine still does when it has said that it is ready comes to its end. */
const settleMs = 3_000
const patienceMs = 300_000

/**
 * Starts the Linux of `linux-disk.gz` in a machine's own thread, as Berth does, and keeps its memory just before its first prompt,
 * with the disk as it is then. Gives the paths of the disk and of what it was before.
 */
export async function makeState(
  work: string,
  out: string,
): Promise<{ readonly basePath: string; readonly diskPath: string }> {
  const [basePath, diskPath] = [join(work, 'state-base.img'), join(work, 'state-disk.img')] as const
  for (const path of [basePath, diskPath]) await rm(path, { force: true })
  await unpackDisk(linux.disk, basePath, 'wx')
  const diskBytes = await unpackDisk(linux.disk, diskPath, 'wx')
  const definition = {
    version: 1,
    uuid: '00000000-0000-4000-8000-000000000000',
    name: 'linux',
    createdAt: new Date(0).toISOString(),
    system: 'linux',
    memoryBytes: 32 * MiB,
    diskBytes,
    discPath: null,
    sharedFolder: null,
    network: { mode: 'none' },
    prepared: null,
  } as const
  const make = makeOf(definition, emulator)
  let said = ''
  const thread = await startThread(
    {
      hardware: {
        memoryBytes: make.memoryBytes,
        videoBytes: make.videoBytes,
        bios: await readFile(bios.biosPath),
        vgaBios: await readFile(bios.vgaBiosPath),
        diskPath,
        floppyPath: null,
        cdPath: null,
        devices: devicesOf.linux,
      },
      serialLogPath: join(work, 'state-serial.log'),
      memory: null,
      paused: false,
      network: { mac: Uint8Array.of(2, 0, 0, 0, 0, 1), settings: null },
      language: null,
      sharedFolder: null,
    },
    {
      said: (bytes) => {
        said += Buffer.from(bytes).toString()
      },
      shown() {},
      off() {},
      stuck() {},
      diskFull() {},
      folderFailed() {},
    },
  )
  await thread.ready
  await Promise.race([
    thread.ask({ kind: 'heard', word: 'waiting' }),
    thread.gone.then((why) => Promise.reject(new Error(`the machine ended: ${why}\n${said}`))),
    after(patienceMs).then(() => Promise.reject(new Error(`the machine did not come to its prompt\n${said}`))),
  ])
  await after(settleMs)
  const path = join(work, 'state.bin')
  const memory = await thread.ask({ kind: 'keep', memoryPath: path, diskPath: null, stays: true, safe: true })
  await thread.end()
  const packed = gzipSync(await readFile(path), { level: 9 })
  await writeFile(join(out, 'linux-state.gz'), packed)
  const { sizeBytes, checksum } = memory
  const disk = createHash('sha256').update(packed).digest('hex')
  await writeFile(
    join(out, 'linux-prepared.json'),
    `${JSON.stringify({ disk, memory: { make, sizeBytes, checksum } })}\n`,
  )
  return { basePath, diskPath }
}

function after(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds))
}
