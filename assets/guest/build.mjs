// Assembles Berth's own guest with nasm and writes down what came of it: `node assets/guest/build.mjs`. What is built is kept
// in the repository, so that nobody needs nasm who does not change it; a test builds it again where nasm is and compares.
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const here = dirname(fileURLToPath(import.meta.url))
const out = process.argv[2] ?? here
const builds = { 'monitor.rom': 'ROM', 'monitor.img': 'DISK' }

const sums = Object.entries(builds).map(([name, define]) => {
  const file = join(out, name)
  const args = ['-f', 'bin', `-D${define}`, '-Werror', '-o', file, 'monitor.asm']
  const { status, error, stderr } = spawnSync('nasm', args, { cwd: here, encoding: 'utf8' })
  if (status !== 0) throw new Error(error?.message ?? stderr)
  return `${createHash('sha256').update(readFileSync(file)).digest('hex')}  ${name}\n`
})
writeFileSync(join(out, 'SHA256SUMS'), sums.join(''))
