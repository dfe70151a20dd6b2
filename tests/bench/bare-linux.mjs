// v86 by itself in a Node process of its own, with the Linux that comes with Berth and the same devices: `node bare-linux.mjs FOLDER
// cold` starts it from its disk, `… first` from the memory that comes with it, and both say `prompt` when it is there. For every
// line it is given then it keeps its state and a copy of its disk that keeps the holes, and answers with how long that took until
// a power cut could not take it back, in milliseconds. `… first PORT` has v86's own network adapter behind the card, which carries
// every connection to that port of this computer; what it is given then is typed into the guest, which answers with `done`.
import { spawnSync } from 'node:child_process'
import {
  closeSync,
  fstatSync,
  fsyncSync,
  ftruncateSync,
  openSync,
  readFileSync,
  readSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { connect } from 'node:net'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { gunzipSync } from 'node:zlib'
import { V86 } from 'v86'

const [folder, mode, networkPort] = process.argv.slice(2)
const here = (path) => fileURLToPath(new URL(path, import.meta.url))
const asset = (name) => here(`../../assets/linux/${name}`)
globalThis.ImageData ??= class {
  constructor(data, width, height) {
    Object.assign(this, { data, width, height })
  }
}
// v86 writes a drive that is none of its own kinds to the console, whole.
console.log = () => {}

const disk = openSync(`${folder}/disk.img`, 'w+')
unpack(asset('linux-disk.gz'))
if (mode === 'first') unpack(asset('linux-state-disk.gz'))
const emulator = new V86({
  wasm_path: here('../../node_modules/v86/build/v86.wasm'),
  bios: { url: asset('bios.bin') },
  vga_bios: { url: asset('vgabios.bin') },
  memory_size: 32 * 1024 * 1024,
  vga_memory_size: 1024 * 1024,
  hda: drive(),
  acpi: true,
  autostart: false,
  uart1: true,
  net_device: networkPort === undefined ? { type: 'virtio' } : { type: 'virtio', relay_url: 'fetch' },
  filesystem: { handle9p() {} },
  preserve_mac_from_state_image: true,
  disable_keyboard: true,
  disable_mouse: true,
  disable_speaker: true,
})
const say = (line) => process.stdout.write(`${line}\n`)
const tell = (line) => emulator.serial_send_bytes(1, Buffer.from(`${line}\n`))
let said = ''
let heard = ''
emulator.add_listener('serial0-output-byte', (byte) => {
  said = (said + String.fromCharCode(byte)).slice(-100)
  if (said.endsWith('root@linux:~# ')) say('prompt')
  if (/done-\d+\r\n$/.test(said)) say('done')
})
emulator.add_listener('serial1-output-byte', (byte) => {
  heard += String.fromCharCode(byte)
  if (!heard.endsWith('hello\n')) return
  heard = ''
  tell('begin en 0')
})
await new Promise((resolve) => emulator.add_listener('emulator-loaded', resolve))
if (mode === 'first') {
  await emulator.restore_state(new Uint8Array(gunzipSync(readFileSync(asset('linux-state.gz')))).buffer)
  tell('begin en 0')
}
if (networkPort !== undefined) carry(Number(networkPort))
emulator.run()

let count = 0
for await (const line of createInterface({ input: process.stdin })) {
  if (networkPort !== undefined) {
    if (line === 'network on') tell(line)
    else emulator.serial_send_bytes(0, Buffer.from(`${line}\n`))
    continue
  }
  const start = performance.now()
  const kept = openSync(`${folder}/state${count}`, 'w')
  writeFileSync(kept, new Uint8Array(await emulator.save_state()))
  fsyncSync(kept)
  closeSync(kept)
  const copy = `${folder}/disk${count}`
  spawnSync('cp', ['--sparse=always', `${folder}/disk.img`, copy])
  for (const path of [copy, folder]) {
    const file = openSync(path, 'r')
    fsyncSync(file)
    closeSync(file)
  }
  count += 1
  say(performance.now() - start)
}
process.exit()

/** v86's adapter, as its readme's hook for connections uses it. */
function carry(port) {
  emulator.network_adapter.bus.register('tcp-connection', (connection) => {
    const socket = connect(port, '127.0.0.1')
    socket.on('data', (bytes) => connection.write(new Uint8Array(bytes)))
    socket.on('end', () => connection.close())
    socket.on('error', () => connection.close())
    connection.on('data', (bytes) => socket.write(Buffer.from(bytes)))
    connection.on('shutdown', () => socket.end())
    connection.on('close', () => socket.destroy())
    connection.accept()
  })
}

function unpack(path) {
  const bytes = gunzipSync(readFileSync(path))
  const number = (index) => Number(bytes.readBigUInt64LE(8 + 8 * index))
  ftruncateSync(disk, number(0))
  let at = 8 + 8 * (2 + 2 * number(1))
  for (let piece = 0; piece < number(1); piece += 1) {
    writeSync(disk, bytes, at, number(3 + 2 * piece), number(2 + 2 * piece))
    at += number(3 + 2 * piece)
  }
}

function drive() {
  const read = (start, length) => {
    const bytes = new Uint8Array(length)
    readSync(disk, bytes, 0, length, start)
    return bytes
  }
  return {
    byteLength: fstatSync(disk).size,
    load() {
      this.onload?.({})
    },
    get: (start, length, done) => done(read(start, length)),
    get_and_cache: (start, length, done) => done(read(start, length)),
    get_from_cache: read,
    set(start, bytes, done) {
      writeSync(disk, bytes, 0, bytes.length, start)
      done()
    },
    get_buffer: (done) => done(undefined),
    get_state: () => [],
    set_state() {},
  }
}
