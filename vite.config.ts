import { fileURLToPath } from 'node:url'
import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'
import { programFiles } from './vite.files.ts'
import { bundledLicenses, writeLicenses } from './vite.licenses.ts'

const inRoot = (path: string): string => fileURLToPath(new URL(path, import.meta.url))

/**
 * Three builds of one tree: the page (browser), main with its two entries (Node), and the preload, which a sandboxed window
 * takes only as one CommonJS file. `vite build --app` makes all three.
 */
export default defineConfig({
  root: inRoot('renderer'),
  base: './',
  plugins: [react(), programFiles()],
  build: {
    outDir: inRoot('out/renderer'),
    emptyOutDir: true,
    target: 'chrome130',
    sourcemap: true,
    // It comes from this computer's disk, not over a network.
    chunkSizeWarningLimit: 2_000,
    license: { fileName: bundledLicenses },
  },
  environments: {
    main: {
      consumer: 'server',
      // CommonJS packages ask for these; a bundled ES module has them under other names.
      define: { __filename: 'import.meta.filename', __dirname: 'import.meta.dirname' },
      resolve: {
        external: ['electron', 'node-pty'],
        mainFields: ['main'],
        noExternal: true,
        conditions: ['node', 'import'],
      },
      build: {
        outDir: inRoot('out/main'),
        emptyOutDir: true,
        target: 'node20',
        ssr: true,
        // What the program brings along beside its code: a guest, an emulator.
        emitAssets: true,
        license: { fileName: bundledLicenses },
        sourcemap: true,
        minify: false,
        rolldownOptions: {
          input: { index: inRoot('main/index.ts'), serve: inRoot('main/serve.ts') },
          external: ['electron', 'node-pty', /^node:/],
          output: { format: 'esm', entryFileNames: '[name].js', chunkFileNames: '[name]-[hash].js' },
        },
      },
    },
    preload: {
      consumer: 'server',
      resolve: { external: ['electron'], noExternal: true },
      build: {
        outDir: inRoot('out/preload'),
        emptyOutDir: true,
        target: 'node20',
        ssr: true,
        minify: false,
        rolldownOptions: {
          input: { preload: inRoot('main/preload.ts') },
          external: ['electron'],
          output: { format: 'cjs', entryFileNames: '[name].cjs' },
        },
      },
    },
  },
  builder: {
    async buildApp(builder) {
      for (const name of ['main', 'preload', 'client']) {
        const environment = builder.environments[name]
        if (environment !== undefined) await builder.build(environment)
      }
      await writeLicenses()
    },
  },
})
