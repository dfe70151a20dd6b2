// The least that can be called a window: what Electron itself costs.
import { app, BrowserWindow } from 'electron'

await app.whenReady()
const window = new BrowserWindow({ width: 1280, height: 800 })
await window.loadFile(new URL('index.html', import.meta.url).pathname)
