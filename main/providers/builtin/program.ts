/// <reference path="./program-files.d.ts" />
import { readFile } from 'node:fs/promises'
import { path as wasmPath } from 'v86/build/v86.wasm?file'
import { version as emulatorVersion } from 'v86/package.json'
import { path as romPath } from '../../../assets/guest/monitor.rom?file'
import { path as biosPath } from '../../../assets/linux/bios.bin?file'
import { path as linuxDiskPath } from '../../../assets/linux/linux-disk.gz?file'
import { path as linuxPreparedPath } from '../../../assets/linux/linux-prepared.json?file'
import { path as linuxStatePath } from '../../../assets/linux/linux-state.gz?file'
import { path as linuxStateDiskPath } from '../../../assets/linux/linux-state-disk.gz?file'
import { path as vgaBiosPath } from '../../../assets/linux/vgabios.bin?file'
import { path as threadPath } from './emulator/machine-thread.ts?worker-file'
import { path as folderThreadPath } from './shared-folder/folder-thread.ts?worker-file'

/** A BIOS and what draws its screen. */
export interface Bios {
  readonly biosPath: string
  readonly vgaBiosPath: string
}

/** Whose state files these are: another version writes others. */
export const emulator: string = emulatorVersion

/** What a machine's thread runs. */
export const threadFile: string = threadPath

/** What the thread of a shared folder runs. */
export const folderThreadFile: string = folderThreadPath

/** Berth's own guest. */
export const monitorFile: string = romPath

/** What every machine but Berth's own guest starts with, unless the person has another. */
export const bios: Bios = { biosPath, vgaBiosPath }

/** The Linux that comes with Berth: its disk, and the memory of its first prompt with what its disk had become by then. */
export const linux = {
  disk: linuxDiskPath,
  prepared: linuxPreparedPath,
  state: linuxStatePath,
  stateDisk: linuxStateDiskPath,
}

let compiled: Promise<WebAssembly.Module> | null = null

/** v86, compiled once for all machines of this Berth. */
export function wasm(): Promise<WebAssembly.Module> {
  compiled ??= readFile(wasmPath)
    .then((bytes) => WebAssembly.compile(bytes))
    .catch((error: unknown) => {
      compiled = null
      throw error
    })
  return compiled
}
