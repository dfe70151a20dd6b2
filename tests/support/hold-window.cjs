// Runs in Electron before Berth does. Playwright may stop for good over a window that comes while it connects (seen once in some
// hundred launches), so Berth is told that Electron is ready once Playwright is: it then calls `__playwright_run`.
const { app } = require('electron')

const ready = app.whenReady()
const driven = new Promise((resolve) => {
  globalThis.__playwright_run = resolve
})
app.whenReady = async () => {
  await driven
  return ready
}
