// The least that can be called a window: what Electron itself costs.
import { app, BrowserWindow } from 'electron'

// Electron becomes ready only once this module has been read to its end: it must not wait for that here.
app.whenReady().then(() => {
  const window = new BrowserWindow({ width: 1280, height: 800 })
  return window.loadFile(new URL('index.html', import.meta.url).pathname)
})
