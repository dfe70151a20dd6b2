import { failure, isCancelled } from '../../../../app/domain/errors.ts'
import type { DiskFormat } from '../../../../app/domain/spec.ts'
import type { Text } from '../../../../app/messages/text.ts'
import type { RunResult } from '../../../exec/command.ts'
import { syncFile } from '../../../state/durable.ts'
import type { Host, Op } from '../../provider.ts'
import { checkSpace } from '../space.ts'
import { imageArguments } from './commands.ts'
import { runFailure } from './errors.ts'
import { type ImageInfo, parseImageInfo, parseMeasure, parseProgress } from './parse.ts'

const lookMs = 30_000
/** What changes an image in place: long on a slow disk, never a day. */
const changeMs = 60 * 60_000
const copyMs = 7 * 24 * 60 * 60_000

/** A writable image of a machine and the name its emulator knows it by. */
export interface Image {
  readonly node: string
  readonly path: string
  readonly format: DiskFormat
}

export interface QemuImg {
  /** `shared` looks at an image a running machine writes to. With a null format the content is asked what it is. */
  info(path: string, format: DiskFormat | null, shared: boolean, op: Op): Promise<ImageInfo>
  createBlank(path: string, sizeBytes: number, op: Op): Promise<void>
  createLinked(path: string, base: string, op: Op): Promise<void>
  /** Copies what the guest sees into a new qcow2, of the present or of one snapshot, after making sure that it fits. */
  copy(from: Pick<Image, 'path' | 'format'>, to: string, tag: string | null, step: Text, op: Op): Promise<void>
  resize(image: Image, sizeBytes: number, op: Op): Promise<void>
  snapshot(what: 'create' | 'apply' | 'delete', tag: string, image: Image, op: Op): Promise<void>
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

  return {
    async info(path, format, shared, op) {
      const { stdout } = await run(imageArguments.info(path, format, shared), lookMs, op)
      return parsed(() => parseImageInfo(JSON.parse(stdout)), stdout)
    },
    async createBlank(path, sizeBytes, op) {
      await run(imageArguments.createBlank(path, sizeBytes), lookMs, op)
    },
    async createLinked(path, base, op) {
      await run(imageArguments.createLinked(path, base), lookMs, op)
    },
    async copy(from, to, tag, step, op) {
      // Not every format can be measured: then the copy itself finds out, and takes nothing away when it does.
      const needed = await run(imageArguments.measure(from.path, from.format, tag), lookMs, op).then(
        ({ stdout }) => parsed(() => parseMeasure(stdout), stdout),
        (error: unknown) => {
          if (isCancelled(error)) throw error
          return 0
        },
      )
      await checkSpace(to, needed)
      op.progress({ text: step, fraction: 0 })
      await run(imageArguments.convert(from.path, from.format, to, tag), copyMs, op, (line) => {
        const fraction = parseProgress(line)
        if (fraction !== null) op.progress({ text: step, fraction })
      })
      // `convert` writes with the cache mode `unsafe`: nothing of it need be on the disk yet.
      await syncFile(to)
    },
    async resize(image, sizeBytes, op) {
      await run(imageArguments.resize(image.path, image.format, sizeBytes), changeMs, op)
    },
    async snapshot(what, tag, image, op) {
      await run(imageArguments.snapshot(what, tag, image.path), changeMs, op)
    },
  }
}
