// Makes the memory that a new Linux begins with, and packs it with its disk: `node make-state.mjs [FOLDER]`, after a change of v86
// or of the machine's devices too, which needs neither a compiler nor Debian. FOLDER is for what is only needed meanwhile.
import { spawnSync } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { runnerImport } from 'vite'

const here = dirname(fileURLToPath(import.meta.url))
const root = join(here, '../..')
const work = resolve(process.argv[2] ?? join(root, '.cache/linux'))
mkdirSync(work, { recursive: true })

const plain = { configFile: false, logLevel: 'error' }
const { programFiles } = (await runnerImport(join(root, 'vite.files.ts'), plain)).module
const { makeState } = (await runnerImport(join(here, 'make-state.ts'), { ...plain, plugins: [programFiles()] })).module
const { basePath, diskPath } = await makeState(work, here)
const pack = [join(here, 'pack.mjs'), diskPath, join(here, 'linux-state-disk.gz'), basePath]
process.exit(spawnSync(process.execPath, pack, { stdio: 'inherit' }).status ?? 1)
