import { fileURLToPath } from 'node:url'
import packageJson from '../package.json' with { type: 'json' }

export const appVersion: string = packageJson.version

/** Where the build put the page, seen from the built main. */
export const pageRoot: string = fileURLToPath(new URL('../renderer/', import.meta.url))
export const preloadPath: string = fileURLToPath(new URL('../preload/preload.cjs', import.meta.url))
/** Written by the build beside the built main. */
export const licensesPath: string = fileURLToPath(new URL('./licenses.json', import.meta.url))
