import { basename } from 'node:path'
import { failure } from '../../../app/domain/errors.ts'
import { look } from '../common/files.ts'
import { runFailure } from '../common/images/errors.ts'
import type { Host, Op } from '../provider.ts'
import { hasDevice, isAtLeast, parseMachineType, parseVersion } from './parse.ts'

/** Snapshot jobs came with it. */
export const oldestVersion = '6.0'

const prefix = 'qemu-system-'
const askMs = 15_000

export interface System {
  readonly arch: string
  readonly file: string
}

export interface Tools {
  /** Every `qemu-system-*` there is, by architecture. */
  systems(): Promise<readonly System[]>
  /** The program for an architecture; fails with `tool-missing`. */
  system(arch: string): Promise<string>
  /** A program's version, asked once for as long as its file stays the same; null when it does not say. */
  version(file: string, op: Op): Promise<string | null>
  /** The versioned name of a machine type; null when this QEMU does not have it. */
  machineType(file: string, wanted: string, op: Op): Promise<string | null>
  /** Whether a program has a device: distributions leave some to packages of their own. */
  hasDevice(file: string, name: string, op: Op): Promise<boolean>
  isNewEnough(version: string | null): boolean
}

export function createTools(host: Host): Tools {
  const said = new Map<string, string>()

  /** What a program prints about itself, remembered until its file changes. */
  const ask = async (file: string, args: readonly string[], op: Op): Promise<string> => {
    const about = await look(file)
    const key = JSON.stringify([file, about?.mtimeMs, about?.size, args])
    const known = said.get(key)
    if (known !== undefined) return known
    const result = await host.exec.run({ file, args, timeoutMs: askMs }, op)
    if (result.reason !== 'exit' || result.exitCode !== 0) throw runFailure(result, basename(file))
    said.set(key, result.stdout)
    return result.stdout
  }

  return {
    async systems() {
      const found = await host.findTools(prefix)
      return [...found]
        .map(([name, file]) => ({ arch: name.slice(prefix.length), file }))
        .filter(({ arch }) => /^[a-z0-9_]{1,32}$/.test(arch))
        .sort((a, b) => (a.arch < b.arch ? -1 : 1))
    },
    async system(arch) {
      const tool = `${prefix}${arch}`
      const file = await host.findTool(tool)
      if (file !== null) return file
      const params = { tool }
      throw failure('tool-missing', { key: 'error.toolMissing', params }, { hint: { key: 'error.toolMissing.hint' } })
    },
    version: async (file, op) => parseVersion(await ask(file, ['--version'], op)),
    machineType: async (file, wanted, op) => parseMachineType(await ask(file, ['-machine', 'help'], op), wanted),
    hasDevice: async (file, name, op) => hasDevice(await ask(file, ['-device', 'help'], op), name),
    isNewEnough: (version) => version === null || isAtLeast(version, oldestVersion),
  }
}
