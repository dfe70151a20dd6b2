// The current long-term Node, got from the npm registry: Berth must work on it as well as on the oldest one it allows.
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { root } from '../../main/setup.mjs'

/** The release to test on, as the platform packages of npm's package `node` carry it. */
export const longTermVersion = '26.12.1'

/** What was published, for the systems that CI has; elsewhere npm's own check of what it fetched has to do. */
const integrity = {
  'linux-x64': 'sha512-jk5LMAmgHlPlPMWpsUrSOqNaEZG+11UNd35hWQ+p5/XGaelWuTqJ69IcAy/5xtPPN4d5ZRBNOGB6gLMCh2kL9A==',
}

/** The program's path, fetched into `.cache/` if need be; null where it cannot be had, which is said. */
export function longTermNode(say) {
  const system = `${process.platform === 'win32' ? 'win' : process.platform}-${process.arch}`
  const folder = join(root, '.cache', `node-${longTermVersion}-${system}`)
  const program = join(folder, process.platform === 'win32' ? 'bin/node.exe' : 'bin/node')
  if (existsSync(program)) return program
  say(`fetching Node ${longTermVersion} for the tests (55 MB, once)`)
  mkdirSync(join(root, '.cache'), { recursive: true })
  const work = mkdtempSync(join(root, '.cache/fetch-'))
  try {
    const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm'
    const words = [
      'pack',
      `node-${system}@${longTermVersion}`,
      '--json',
      '--ignore-scripts',
      '--pack-destination',
      work,
    ]
    const packed = spawnSync(npm, words, { encoding: 'utf8', shell: process.platform === 'win32' })
    if (packed.status !== 0) throw new Error(packed.error?.message ?? packed.stderr)
    const archive = join(work, JSON.parse(packed.stdout)[0].filename)
    const found = `sha512-${createHash('sha512').update(readFileSync(archive)).digest('base64')}`
    if ((integrity[system] ?? found) !== found) throw new Error(`what came is not what was published: ${found}`)
    const unpacked = spawnSync('tar', ['-xzf', archive, '-C', work], { encoding: 'utf8' })
    if (unpacked.status !== 0) throw new Error(unpacked.error?.message ?? unpacked.stderr)
    renameSync(join(work, 'package'), folder)
    return program
  } catch (error) {
    say(`Node ${longTermVersion} cannot be had: ${error.message}`)
    return null
  } finally {
    rmSync(work, { recursive: true, force: true })
  }
}
