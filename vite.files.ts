import { createHash } from 'node:crypto'
import { access, mkdir, readFile } from 'node:fs/promises'
import { basename } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build, type Plugin } from 'vite'
import writeFileAtomic from 'write-file-atomic'

const bundles = fileURLToPath(new URL('.cache/program-files', import.meta.url))

/**
 * Two imports that give the path of a file, in the finished program and in tests alike, as `path`:
 * `./some-worker.ts?worker-file` is a program for a thread of its own, with its packages in it; `./some.wasm?file` any other.
 */
export function programFiles(): Plugin {
  let isBuilding = false
  return {
    name: 'berth-program-files',
    enforce: 'pre',
    configResolved(config) {
      isBuilding = config.command === 'build'
    },
    async resolveId(source, importer) {
      const [, wanted, kind] = /^(.+)\?(worker-file|file)$/.exec(source) ?? []
      if (wanted === undefined) return null
      const found = await this.resolve(wanted, importer, { skipSelf: true })
      // A name that is no path, because what is in a package would be left to Node.
      return found === null ? null : `\0program-file:${kind}:${Buffer.from(found.id).toString('base64url')}`
    },
    async load(id) {
      const [, kind, name] = /^\0program-file:(worker-file|file):(.+)$/.exec(id) ?? []
      if (name === undefined) return null
      const path = Buffer.from(name, 'base64url').toString()
      if (!isBuilding) return `export const path = ${JSON.stringify(kind === 'file' ? path : await bundled(path))}`
      const fileName = basename(path).replace(/\.ts$/, '.js')
      if (kind === 'file') this.emitFile({ type: 'asset', fileName, source: await readFile(path) })
      else this.emitFile({ type: 'chunk', id: path, fileName })
      return `import { join } from 'node:path'\nexport const path = join(import.meta.dirname, ${JSON.stringify(fileName)})`
    },
  }
}

/** Tests run the sources as they are, but a thread of Node's takes JavaScript only: it gets a bundle, named by what is in it. */
async function bundled(path: string): Promise<string> {
  const result = await build({
    configFile: false,
    logLevel: 'error',
    plugins: [programFiles()],
    ssr: { noExternal: true },
    build: { ssr: path, write: false, minify: false, target: 'node20', rolldownOptions: { output: { format: 'esm' } } },
  })
  const [chunk] = [result].flat().flatMap((one) => ('output' in one ? one.output : []))
  if (chunk?.type !== 'chunk') throw new Error(`nothing came of ${path}`)
  const name = createHash('sha256').update(chunk.code).digest('hex').slice(0, 16)
  const file = `${bundles}/${name}.mjs`
  const isThere = await access(file).then(
    () => true,
    () => false,
  )
  if (!isThere) {
    await mkdir(bundles, { recursive: true })
    await writeFileAtomic(file, chunk.code)
  }
  return file
}
