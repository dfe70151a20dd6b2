// `npm start`, `npm run serve`, `npm run dev`: sets up what is missing and opens Berth. Plain Node: see setup.mjs.
import { spawn } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ensureBuild, ensureDependencies, root } from './setup.mjs'

const ownFlags = ['--web', '--dev']
const given = process.argv.slice(2)
const forwarded = given.filter((word) => !ownFlags.includes(word))
const hasDisplay = process.platform !== 'linux' || Boolean(process.env.DISPLAY || process.env.WAYLAND_DISPLAY)

/** An Electron that ends badly this soon never had a window: its libraries or its sandbox are at fault. */
const startMs = 10_000
/** As in main/transport/tickets.ts: after this long a ticket is worth nothing. */
const ticketMs = 60_000
/** As in app/contract/web-names.ts, which plain Node cannot read. */
const ticketPath = '/ticket'
const tokenHeader = 'berth-token'

// A terminal that was closed must not take Berth along.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {})

try {
  await ensureDependencies(say)
  if (given.includes('--dev')) {
    const { develop } = await import('./develop.mjs')
    await develop({ flags: forwarded, say, opened: openBrowser })
  } else process.exitCode = await open()
} catch (error) {
  say(error.message)
  process.exitCode = 1
}

async function open() {
  await ensureBuild(say)
  if (given.includes('--web')) return openWeb()
  const electron = await findElectron()
  if (electron.missing !== undefined) return openWeb(electron.missing)
  const startedMs = performance.now()
  const ended = await runChild(electron.path, [root, ...forwarded], { stdio: ['inherit', 'inherit', 'pipe'] })
  if (ended.code === 0 || ended.stopped || performance.now() - startedMs > startMs) return ended.code
  return openWeb(`Electron did not start (${ended.complaint})`)
}

/** Electron as the project wants it, fetched on first use; or why it cannot be had or used here, in one line. */
async function findElectron() {
  if (!hasDisplay) return { missing: 'No display was found' }
  if (process.platform === 'linux' && process.getuid() === 0 && !forwarded.includes('--no-sandbox')) {
    return { missing: 'Electron does not run as root (except with --no-sandbox, which is unsafe)' }
  }
  const folder = process.env.ELECTRON_OVERRIDE_DIST_PATH ?? join(root, 'node_modules/electron/dist')
  const name = () => readFileSync(join(root, 'node_modules/electron/path.txt'), 'utf8')
  const path = () => join(folder, existsSync(join(root, 'node_modules/electron/path.txt')) ? name() : 'electron')
  if (existsSync(path())) return { path: path() }

  say('downloading Electron (first start only)')
  const fetching = await runChild(process.execPath, [join(root, 'node_modules/electron/install.js')], {
    stdio: ['ignore', 'ignore', 'pipe'],
    quiet: true,
  })
  if (fetching.code === 0 && existsSync(path())) return { path: path() }
  return { missing: `Electron could not be downloaded (${fetching.complaint})` }
}

async function openWeb(why) {
  if (why !== undefined) say(`${why}. Opening Berth in the browser instead.`)
  const serving = await runChild(process.execPath, [join(root, 'out/main/serve.js'), ...forwarded], {
    stdio: ['inherit', 'pipe', 'inherit'],
    onOutput: untilAddress(openBrowser),
  })
  return serving.code
}

/**
 * Shows an address in the person's browser, where there is one. What opens it is given a ticket in place of the token: a command
 * line can be read by every user of the computer.
 */
async function openBrowser(address) {
  if (!hasDisplay || process.env.BERTH_NO_BROWSER) return
  // The address is on the screen: where nothing opens it, a person can.
  const target = await withTicket(new URL(address)).catch(() => null)
  if (target === null) return
  const opener = { darwin: 'open', win32: 'explorer.exe' }[process.platform] ?? 'xdg-open'
  const browser = spawn(opener, [target], { stdio: 'ignore', detached: true })
  browser.once('error', () => {})
  browser.unref()
}

/** An address that a ticket opens. */
async function withTicket(url) {
  const token = new URLSearchParams(url.hash.slice(1)).get('token')
  const answer = await fetch(new URL(ticketPath, url), { headers: { [tokenHeader]: token } })
  if (!answer.ok) return null
  const address = `${url.origin}/#ticket=${await answer.text()}`
  // Linux tells the server which user connects. Nothing does on a Mac, where a quick reader could trade the ticket first.
  return process.platform === 'darwin' ? privatePage(address) : address
}

/** A page that only this user can read and that leads on to the address. */
async function privatePage(address) {
  const folder = await mkdtemp(join(tmpdir(), 'berth-'))
  const path = join(folder, 'open.html')
  await writeFile(path, `<!doctype html><meta http-equiv="refresh" content="0;url=${address}">`, { mode: 0o600 })
  setTimeout(() => void rm(folder, { recursive: true, force: true }), ticketMs).unref()
  return path
}

/** Calls `found` with the first address in the text that passes, once. */
function untilAddress(found) {
  let text = ''
  return (bytes) => {
    if (text === null) return
    text += bytes
    const address = /https?:\/\/\S+(?=\s)/.exec(text)?.[0]
    if (address === undefined) return
    text = null
    found(address)
  }
}

/** Runs to the end; what it says is passed on. Ctrl-C reaches it by itself, a plain kill is handed down. */
function runChild(file, args, { stdio, quiet = false, onOutput = () => {} }) {
  return new Promise((resolve) => {
    const child = spawn(file, args, { cwd: root, stdio })
    let complaint = ''
    let stopped = false
    const stop = () => {
      stopped = true
    }
    const terminate = () => {
      stopped = true
      child.kill('SIGTERM')
    }
    process.on('SIGINT', stop)
    process.on('SIGTERM', terminate)
    const end = (result) => {
      process.off('SIGINT', stop)
      process.off('SIGTERM', terminate)
      resolve({ ...result, stopped })
    }
    child.stdout?.on('data', (bytes) => {
      process.stdout.write(bytes)
      onOutput(bytes)
    })
    child.stderr?.on('data', (bytes) => {
      if (!quiet) process.stderr.write(bytes)
      complaint = (complaint + bytes).slice(0, 20_000)
    })
    child.once('error', (error) => end({ code: 1, complaint: error.message }))
    child.once('close', (code, signal) => {
      end({ code: code ?? (stopped ? 0 : 1), complaint: reasonIn(complaint) ?? signal ?? `exit code ${code}` })
    })
  })
}

/** The line of a tool's complaint that says what is wrong, cut to a line a person reads. */
function reasonIn(complaint) {
  const lines = complaint.split('\n').map((line) => line.trim())
  return lines.find((line) => /error|fatal|failed|missing|cannot/i.test(line))?.slice(0, 160)
}

function say(line) {
  process.stderr.write(`berth: ${line}\n`)
}
