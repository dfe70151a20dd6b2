// v86 by itself in a Node process of its own, as its readme shows it: boots Berth's guest and says when the guest first spoke.
// `node bare-v86.mjs save FOLDER` then says when it waits, keeps its state for every line it is given, and answers each with how
// long that took until a power cut could not take it back, in milliseconds.
import { open } from 'node:fs/promises'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { V86 } from 'v86'

const [mode, folder] = process.argv.slice(2)
const here = (path) => fileURLToPath(new URL(path, import.meta.url))
const emulator = new V86({
  wasm_path: here('../../node_modules/v86/build/v86.wasm'),
  bios: { url: here('../../assets/guest/monitor.rom') },
  memory_size: 16 * 1024 * 1024,
  vga_memory_size: 1024 * 1024,
  hda: { buffer: new ArrayBuffer(1024 * 1024) },
  acpi: true,
  autostart: true,
})
async function sync(path, write) {
  const file = await open(path, write === undefined ? 'r' : 'w')
  await write?.(file)
  await file.sync()
  await file.close()
}

let said = ''
emulator.add_listener('serial0-output-byte', (byte) => {
  said += String.fromCharCode(byte)
  if (said.length === 1) process.stdout.write('first\n')
  if (mode === 'save' && said.endsWith('\n> ')) process.stdout.write('waiting\n')
})
if (mode === 'save') {
  let count = 0
  for await (const _line of createInterface({ input: process.stdin })) {
    const start = performance.now()
    const state = await emulator.save_state()
    await sync(`${folder}/state${count++}`, (file) => file.writeFile(new Uint8Array(state)))
    await sync(folder)
    process.stdout.write(`${performance.now() - start}\n`)
  }
  process.exit()
}
