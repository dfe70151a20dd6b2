import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { failure } from '../app/domain/errors.ts'
import { assemble } from './assemble.ts'
import type { Desktop } from './core.ts'
import { createBreakableOutput, createLog, logUncaught } from './log.ts'
import { openPaths } from './paths.ts'
import { openSettings } from './settings.ts'
import { claimData } from './single-instance.ts'
import { startErrorText, takenText } from './start-error.ts'
import { createStateProblems } from './state/problems.ts'
import { serveWeb } from './transport/web.ts'
import { appVersion, pageRoot } from './version.ts'

/** Berth without Electron: the same core, shown in a browser of this computer. */
async function main(): Promise<void> {
  const { values } = parseArgs({
    // Flags meant for Electron may come along when there turned out to be none.
    strict: false,
    options: {
      port: { type: 'string', default: process.env['BERTH_PORT'] ?? '0' },
      mock: { type: 'boolean', default: process.env['BERTH_MOCK'] === '1' },
    },
  })
  const paths = openPaths()
  const log = createLog(join(paths.logs, 'berth.log'))
  logUncaught(log)
  let address: string | null = null
  const claim = await claimData(paths.data, paths.runtime, () => ({ shell: 'web', address }))
  if (claim.kind === 'taken') {
    say(takenText(claim))
    if (claim.other?.address !== null && claim.other?.address !== undefined) say(claim.other.address)
    process.exitCode = 3
    return
  }

  const problems = createStateProblems((error) => log.error('problems.listener', { error }))
  const settings = openSettings(paths.config, log, problems)
  const desktop: Desktop = {
    shell: 'web',
    appVersion,
    systemLocale: () => Intl.DateTimeFormat().resolvedOptions().locale,
    hasScreenReader: () => false,
    pick: () => Promise.reject(failure('unsupported', { key: 'files.noDialog' })),
    reveal: () => Promise.reject(failure('unsupported', { key: 'files.noReveal' })),
    openLink: () => Promise.reject(failure('unsupported', { key: 'link.inBrowser' })),
    openConsoleWindow: () => Promise.reject(failure('unsupported', { key: 'link.inBrowser' })),
    quit: () => void stop(),
  }
  const {
    dispatcher,
    start,
    stop: stopCore,
  } = assemble({
    paths,
    log,
    settings,
    problems,
    desktop,
    mock: values.mock === true,
    systemLocale: () => Intl.DateTimeFormat().resolvedOptions().locale,
  })
  const server = await serveWeb({ port: Number(values.port), pageRoot, log, connect: dispatcher.connect })
  address = server.address
  say(`Berth: ${address}`)
  start()

  let stopping: Promise<void> | null = null
  function stop(): Promise<void> {
    stopping ??= (async () => {
      await stopCore()
      await server.close()
      if (claim.kind === 'ours') claim.release()
      process.exit()
    })()
    return stopping
  }
  process.on('SIGINT', () => void stop())
  process.on('SIGTERM', () => void stop())
  process.on('SIGHUP', () => void stop())
}

const writeLine = createBreakableOutput(process.stdout)
function say(line: string): void {
  writeLine(`${line}\n`)
}

main().catch((error: unknown) => {
  createBreakableOutput(process.stderr)(`berth: ${startErrorText(error)}\n`)
  process.exitCode = 1
})
