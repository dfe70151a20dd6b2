/// <reference path="./program-files.d.ts" />
import { readFile } from 'node:fs/promises'
import { path as wasmPath } from 'v86/build/v86.wasm?file'
import { version as emulatorVersion } from 'v86/package.json'
import { path as romPath } from '../../../assets/guest/monitor.rom?file'
import { path as threadPath } from './emulator/machine-thread.ts?worker-file'

/** Whose state files these are: another version writes others. */
export const emulator: string = emulatorVersion

/** What a machine's thread runs. */
export const threadFile: string = threadPath

/** Berth's own guest. */
export const monitorFile: string = romPath

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
