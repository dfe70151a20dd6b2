import { rm, stat } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { errorOf, failure, isCancelled } from '../../../../app/domain/errors.ts'
import type { DiskFormat } from '../../../../app/domain/spec.ts'
import type { Text } from '../../../../app/messages/text.ts'
import type { RunResult } from '../../../exec/command.ts'
import { maskText } from '../../../exec/mask.ts'
import type { Layer } from '../../../images/chain.ts'
import { checkOwnImage } from '../../../images/check.ts'
import { syncFile } from '../../../state/durable.ts'
import type { Host, Op } from '../../provider.ts'
import { quietOp } from '../op.ts'
import { checkSpace } from '../space.ts'
import { imageArguments } from './commands.ts'
import { runFailure } from './errors.ts'
import { type ImageCheck, type ImageInfo, parseCheck, parseImageInfo, parseMeasure, parseProgress } from './parse.ts'
import { type Qcow2Snapshot, readQcow2 } from './qcow2.ts'

const lookMs = 30_000
/** What changes an image in place: long on a slow disk, never a day. */
const changeMs = 60 * 60_000
const copyMs = 7 * 24 * 60 * 60_000

/** What a layer may grow by while a snapshot is gone back to in it: tables, no data. A hole until then. */
const layerRoomBytes = 4 * 1024 * 1024 * 1024

/** An image that Berth may open, and the files elsewhere that may be opened with it. */
export interface OpenableImage {
  readonly path: string
  readonly format: DiskFormat
  /** Files that it may stand on; null for a disk that was taken in before they were written down. */
  readonly allowed: readonly string[] | null
}

/** A writable image of a machine and the name its emulator knows it by. */
export interface Image extends OpenableImage {
  readonly node: string
}

export interface QemuImg {
  /** `shared` looks at an image a running machine writes to. */
  info(image: OpenableImage, shared: boolean, op: Op): Promise<ImageInfo>
  createBlank(path: string, sizeBytes: number, op: Op): Promise<void>
  createLinked(path: string, base: string, op: Op): Promise<void>
  /** Copies what the guest sees into a new qcow2, of the present or of one snapshot, after making sure that it fits. */
  copy(from: OpenableImage, to: string, tag: string | null, step: Text, op: Op): Promise<void>
  resize(image: OpenableImage, sizeBytes: number, op: Op): Promise<void>
  snapshot(what: 'create' | 'apply' | 'delete', tag: string, image: OpenableImage, op: Op): Promise<void>
}

export function createQemuImg(host: Host): QemuImg {
  const run = async (
    args: readonly string[],
    timeoutMs: number,
    op: Op,
    onLine?: (line: string) => void,
  ): Promise<RunResult> => {
    const file = await host.findTool('qemu-img')
    if (file === null) {
      const params = { tool: 'qemu-img' }
      throw failure('tool-missing', { key: 'error.toolMissing', params }, { hint: { key: 'error.toolMissing.hint' } })
    }
    const result = await host.exec.run({ file, args, timeoutMs, ...(onLine === undefined ? {} : { onLine }) }, op)
    if (result.reason !== 'exit' || result.exitCode !== 0) throw runFailure(result, 'qemu-img')
    return result
  }

  const parsed = <T>(parse: () => T, detail: string): T => {
    try {
      return parse()
    } catch (cause) {
      throw failure('output-unreadable', { key: 'error.unreadable', params: { tool: 'qemu-img' } }, { detail, cause })
    }
  }

  const info: QemuImg['info'] = async (image, shared, op) => {
    const { stdout } = await run(imageArguments.info(await layersOf(image), shared), lookMs, op)
    return parsed(() => parseImageInfo(JSON.parse(stdout)), stdout)
  }

  /** Changes an image in place. One whose tool was killed meanwhile is looked at, and what is wrong with it mended or said. */
  const change = async (
    image: OpenableImage,
    argumentsFor: (layers: readonly Layer[]) => readonly string[],
    op: Op,
  ): Promise<void> => {
    const layers = await layersOf(image)
    try {
      await run(argumentsFor(layers), changeMs, op)
    } catch (error) {
      if (image.format === 'qcow2') await mend(layers, errorOf(error).detail ?? '')
      throw error
    }
  }

  /** Clusters that nobody has are given back; errors, which no tool mends without a loss, are said. */
  const mend = async (layers: readonly Layer[], cause: string): Promise<void> => {
    const found = await check(imageArguments.check(layers, false))
    if (found === null || (found.errors === 0 && found.leaks === 0)) return
    const left = found.leaks === 0 ? found : await check(imageArguments.check(layers, true))
    const path = layers[0]?.path ?? ''
    host.log.warn('images.mended', { path, found, left })
    if (left === null || left.errors === 0) return
    const params = { path: maskText(path), count: left.errors }
    const hint = { key: 'kept.error.imageErrors.hint' } as const
    throw failure('tool-failed', { key: 'kept.error.imageErrors', params }, { hint, detail: cause })
  }

  /** What `qemu-img check` counts; null where it cannot look, because somebody else has the image, say. */
  const check = async (args: readonly string[]): Promise<ImageCheck | null> => {
    const file = await host.findTool('qemu-img')
    if (file === null) return null
    const { stdout } = await host.exec.run({ file, args, timeoutMs: changeMs }, quietOp)
    try {
      return parseCheck(stdout)
    } catch {
      return null
    }
  }

  const convert = async (
    measure: readonly string[],
    convertArguments: readonly string[],
    to: string,
    step: Text,
    op: Op,
  ): Promise<void> => {
    // Not every format can be measured: then the copy itself finds out, and takes nothing away when it does.
    const needed = await run(measure, lookMs, op).then(
      ({ stdout }) => parsed(() => parseMeasure(stdout), stdout),
      (error: unknown) => {
        if (isCancelled(error)) throw error
        return 0
      },
    )
    await checkSpace(to, needed)
    op.progress({ text: step, fraction: 0 })
    await run(convertArguments, copyMs, op, (line) => {
      const fraction = parseProgress(line)
      if (fraction !== null) op.progress({ text: step, fraction })
    })
    // `convert` writes with the cache mode `unsafe`: nothing of it need be on the disk yet.
    await syncFile(to)
  }

  return {
    info,
    async createBlank(path, sizeBytes, op) {
      await run(imageArguments.createBlank(path, sizeBytes), lookMs, op)
    },
    async createLinked(path, base, op) {
      const { virtualBytes } = await checkOwnImage(resolve(dirname(path), base), 'qcow2', null)
      if (virtualBytes === null) throw new Error(`${base} has no size`)
      await run(imageArguments.createLinked(path, base, virtualBytes), lookMs, op)
    },
    async copy(from, to, tag, step, op) {
      const layers = await layersOf(from)
      const [other] = tag === null ? [] : await otherSizes(from.path, tag)
      if (tag === null || other === undefined) {
        await convert(imageArguments.measure(layers, tag), imageArguments.convert(layers, to, tag), to, step, op)
        return
      }
      // `convert -l` copies as many bytes as the image has now: the snapshot is gone back to in a layer over it, which has its size.
      const layer = `${to}.layer`
      try {
        const { size } = await stat(from.path)
        await run(imageArguments.createLayer(layer, from.path, size + layerRoomBytes), lookMs, op)
        await run(imageArguments.applyInLayer(layer, layers, tag), changeMs, op)
        const measured = imageArguments.measureLayer(layer, layers)
        await convert(measured, imageArguments.convertLayer(layer, layers, to), to, step, op)
      } finally {
        await rm(layer, { force: true })
      }
      const { virtualBytes } = await info({ path: to, format: 'qcow2', allowed: [] }, false, op)
      if (virtualBytes !== other.virtualBytes) {
        throw failure(
          'tool-failed',
          { key: 'kept.error.otherSize' },
          { detail: `${virtualBytes} ≠ ${other.virtualBytes}` },
        )
      }
    },
    resize: (image, sizeBytes, op) => change(image, (layers) => imageArguments.resize(layers, sizeBytes), op),
    snapshot: (what, tag, image, op) => change(image, (layers) => imageArguments.snapshot(what, tag, layers), op),
  }
}

/** The snapshot, if its disk had another size than the image has now. */
async function otherSizes(path: string, tag: string): Promise<readonly Qcow2Snapshot[]> {
  const image = await readQcow2(path)
  return (image?.snapshots ?? []).filter((one) => one.tag === tag && one.virtualBytes !== image?.virtualBytes)
}

/** What an image is made of, looked at anew each time: whoever can write to it may have changed what it names. */
async function layersOf({ path, format, allowed }: OpenableImage): Promise<readonly Layer[]> {
  return (await checkOwnImage(path, format, allowed)).layers
}
