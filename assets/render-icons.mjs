// Draws every size of the icon from icon.svg with the Chromium that is installed: `node assets/render-icons.mjs`.
// The results are committed, so that building an installer needs no drawing tool.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { chromium } from 'playwright-core'

const folder = dirname(fileURLToPath(import.meta.url))
const sizes = [16, 32, 48, 64, 128, 256, 512, 1024]

const drawn = await draw()
mkdirSync(join(folder, 'icons'), { recursive: true })
for (const size of sizes) writeFileSync(join(folder, `icons/${size}x${size}.png`), drawn.get(size))
writeFileSync(join(folder, 'icon.ico'), icoOf([16, 32, 48, 64, 128, 256]))
writeFileSync(
  join(folder, 'icon.icns'),
  icnsOf({ icp4: 16, icp5: 32, icp6: 64, ic07: 128, ic08: 256, ic09: 512, ic10: 1024 }),
)

async function draw() {
  const svg = readFileSync(join(folder, 'icon.svg'), 'utf8')
  const browser = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: ['--no-sandbox'],
  })
  const page = await browser.newPage()
  const pictures = new Map()
  for (const size of sizes) {
    await page.setViewportSize({ width: size, height: size })
    await page.setContent(`<style>body{margin:0}svg{display:block;width:${size}px;height:${size}px}</style>${svg}`)
    pictures.set(size, await page.screenshot({ omitBackground: true, clip: { x: 0, y: 0, width: size, height: size } }))
  }
  await browser.close()
  return pictures
}

/** Windows: a directory of sizes, then the PNGs as they are. */
function icoOf(list) {
  const header = Buffer.alloc(6 + 16 * list.length)
  header.writeUInt16LE(1, 2)
  header.writeUInt16LE(list.length, 4)
  let offset = header.length
  list.forEach((size, index) => {
    const entry = 6 + 16 * index
    // 256 is written as 0: the field holds one byte.
    header.writeUInt8(size % 256, entry)
    header.writeUInt8(size % 256, entry + 1)
    header.writeUInt16LE(1, entry + 4)
    header.writeUInt16LE(32, entry + 6)
    header.writeUInt32LE(drawn.get(size).length, entry + 8)
    header.writeUInt32LE(offset, entry + 12)
    offset += drawn.get(size).length
  })
  return Buffer.concat([header, ...list.map((size) => drawn.get(size))])
}

/** macOS: each PNG behind its four-letter type and its length. */
function icnsOf(types) {
  const entries = Object.entries(types).map(([type, size]) => chunk(type, drawn.get(size)))
  return chunk('icns', Buffer.concat(entries))
}

function chunk(type, bytes) {
  const head = Buffer.alloc(8)
  head.write(type, 0, 'latin1')
  head.writeUInt32BE(bytes.length + 8, 4)
  return Buffer.concat([head, bytes])
}
