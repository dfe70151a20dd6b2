import { errorOf, failure } from '../../../app/domain/errors.ts'
import type { Endpoint, Notice } from '../../../app/domain/provider.ts'
import type { Op, ProbeResult } from '../provider.ts'
import * as commands from './commands.ts'
import { isDriverMissing } from './driver.ts'
import { manageFailure } from './errors.ts'
import { endpointId, providerId } from './machine.ts'
import { hasFailed } from './manage.ts'
import { parseVersion, type Version } from './parse.ts'
import type { ProviderContext } from './provider-context.ts'
import { remediesFor } from './remedies.ts'

/** Before it `list` had no `--long` and machines no `aborted-saved`. */
const oldestMajor = 6
/** Asked in turn where the usual locale can't say every name: a system may have been built with any one of them. */
const otherLocales = ['en_US.UTF-8', 'C.utf8', 'en_GB.UTF-8', 'ko_KR.UTF-8'] as const

/** Whether VBoxManage is there, answers, and can say every name. Does not start VirtualBox's server. */
export async function probe(context: ProviderContext, op: Op): Promise<ProbeResult> {
  return { hosts: [{ id: 'local', label: null, address: null }], endpoints: [await endpointOf(context, op)] }
}

async function endpointOf(context: ProviderContext, op: Op): Promise<Endpoint> {
  const { host } = context
  const file = await context.manage.file()
  const base = {
    id: endpointId,
    providerId,
    hostId: 'local',
    label: 'VirtualBox',
    version: null,
    place: file,
    error: null,
    remedies: [],
    notices: [],
    since: host.now().toISOString(),
  } as const
  if (file === null) {
    const { error } = failure('tool-missing', { key: 'error.toolMissing', params: { tool: 'VBoxManage' } })
    return { ...base, state: 'missing', error, remedies: remediesFor('missing', host.platform) }
  }
  try {
    const { version, lacksDriver } = await askVersion(context, op)
    if (Number.parseInt(version ?? '', 10) < oldestMajor) {
      const { error } = failure('tool-too-old', { key: 'virtualbox.error.tooOld', params: { version: version ?? '?' } })
      return { ...base, version, state: 'too-old', error, remedies: remediesFor('missing', host.platform) }
    }
    const hasNoDriver = lacksDriver || isDriverMissing(host.platform)
    const notices: readonly Notice[] = hasNoDriver
      ? [{ level: 'warning', text: { key: 'virtualbox.notice.noDriver' } }]
      : []
    return {
      ...base,
      version,
      state: 'ready',
      notices,
      remedies: hasNoDriver ? remediesFor('driver', host.platform) : [],
    }
  } catch (thrown) {
    if (op.signal.aborted) throw thrown
    const error = errorOf(thrown)
    const remedies = error.message.key === 'virtualbox.error.locale' ? remediesFor('locale', host.platform) : []
    return { ...base, state: error.code === 'timeout' ? 'unreachable' : 'broken', error, remedies }
  }
}

/** Finds a locale in which every name can be said, and stays with it. */
async function askVersion({ manage }: ProviderContext, op: Op): Promise<Version> {
  let result = await manage.attempt(commands.version(), op)
  for (const locale of otherLocales) {
    if (!/VERR_NO_TRANSLATION/.test(result.stderr)) break
    manage.setLocale(locale)
    result = await manage.attempt(commands.version(), op)
  }
  const version = parseVersion(result.stdout)
  if (hasFailed(result) || version.version === null) throw manageFailure(result)
  return version
}
