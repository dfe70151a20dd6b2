import { existsSync, statSync } from 'node:fs'
import { type AppError, errorOf, Failure } from '../../../app/domain/errors.ts'
import type { Entry } from './entry.ts'
import type { ProviderContext } from './provider-context.ts'
import type { Settings } from './settings-file.ts'

/** What keeps a machine from starting, where VirtualBox names only the symptom: what is missing is looked for. */
export function explainedStart(thrown: unknown, { host }: ProviderContext, { settings, lostMedium }: Entry): unknown {
  const error = errorOf(thrown)
  const isUnexplained = /^(?:virtualbox\.error\.startAborted|error\.toolSays)$/.test(error.message.key)
  if (!isUnexplained) return thrown
  if (settings !== null && isStateGone(settings)) {
    return said(error, 'not-found', 'stateGone', { path: settings.stateFile ?? '' })
  }
  if (lostMedium !== null && /NOT_FOUND/.test(error.detail ?? '')) {
    return said(error, 'not-found', 'mediumMissing', { path: lostMedium.path })
  }
  // Without its kernel driver VirtualBox says no more than that the process ended.
  if (
    error.message.key === 'virtualbox.error.startAborted' &&
    host.platform === 'linux' &&
    !existsSync('/dev/vboxdrv')
  ) {
    return said(error, 'unsupported', 'noDriver')
  }
  return thrown
}

function said(
  error: AppError,
  code: AppError['code'],
  name: 'mediumMissing' | 'noDriver' | 'stateGone',
  params: Readonly<Record<string, string>> = {},
): Failure {
  return new Failure({
    ...error,
    code,
    message: { key: `virtualbox.error.${name}`, params },
    hint: { key: `virtualbox.error.${name}.hint` },
  })
}

/** Whether a saved machine's memory is not where its settings say. What cannot be looked at may be there. */
export function isStateGone({ stateFile }: Pick<Settings, 'stateFile'>): boolean {
  return stateFile !== null && isGone(stateFile)
}

function isGone(path: string): boolean {
  try {
    return statSync(path, { throwIfNoEntry: false }) === undefined
  } catch {
    return false
  }
}
