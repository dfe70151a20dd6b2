import { access, constants } from 'node:fs/promises'
import { type AppError, errorOf, failure, isCancelled } from '../../../app/domain/errors.ts'
import type { Endpoint, EndpointState, Notice, Remedy } from '../../../app/domain/provider.ts'
import { throwIfCancelled } from '../common/op.ts'
import type { Op, ProbeResult } from '../provider.ts'
import { endpointId, providerId } from './machine.ts'
import type { ProviderContext } from './provider-context.ts'

const downloadUrl = 'https://mac.getutm.app'
const settingsUrl = 'x-apple.systempreferences:com.apple.preference.security'

/**
 * Whether UTM is here and lets itself be asked. While its app does not run it is left alone: what lies on the disk says
 * enough to list its machines, and the first command starts it.
 */
export async function probe(context: ProviderContext, documents: string, op: Op): Promise<ProbeResult> {
  const hosts = [{ id: 'local', label: null, address: null }]
  const file = await context.tool.file()
  throwIfCancelled(op)
  const base: Endpoint = {
    id: endpointId,
    providerId,
    hostId: 'local',
    label: 'UTM',
    state: 'ready',
    version: await context.tool.version(),
    place: file,
    error: null,
    remedies: [],
    notices: [],
    since: context.host.now().toISOString(),
  }
  if (file === null) {
    const { error } = failure('tool-missing', { key: 'error.toolMissing', params: { tool: 'UTM' } })
    return { hosts, endpoints: [{ ...base, state: 'missing', error, remedies: installing }] }
  }
  try {
    const { rows, scan } = await context.machineRegistry.survey(op)
    if (rows === null && !scan.isComplete) throw await closedAndUnseen(documents)
    return {
      hosts,
      endpoints: [{ ...base, notices: noticesOf(rows === null, scan.isComplete, await hasImages(context)) }],
    }
  } catch (thrown) {
    if (isCancelled(thrown)) throw thrown
    const error = errorOf(thrown)
    return { hosts, endpoints: [{ ...base, state: stateOfError(error), error, remedies: remediesOf(error) }] }
  }
}

async function hasImages(context: ProviderContext): Promise<boolean> {
  return (await context.host.findTool('qemu-img')) !== null
}

/** UTM does not run and its folder is closed to us: nothing is known of its machines. */
async function closedAndUnseen(documents: string): Promise<Error> {
  const detail = await access(documents, constants.R_OK).then(
    () => null,
    (error: unknown) => String(error),
  )
  return failure('unreachable', { key: 'utm.error.closed' }, { hint: { key: 'utm.error.closed.hint' }, detail })
}

function noticesOf(isClosed: boolean, isComplete: boolean, hasQemuImg: boolean): readonly Notice[] {
  return [
    ...(isClosed ? [{ level: 'info', text: { key: 'utm.notice.closed' } } as const] : []),
    ...(isComplete ? [] : [{ level: 'warning', text: { key: 'utm.error.folder' } } as const]),
    ...(hasQemuImg ? [] : [{ level: 'info', text: { key: 'utm.why.noImages' } } as const]),
  ]
}

function stateOfError({ code, message }: AppError): EndpointState {
  if (message.key === 'utm.error.notRunning' || message.key === 'utm.error.closed') return 'not-running'
  switch (code) {
    case 'permission':
      return 'refused'
    case 'timeout':
      return 'unreachable'
    case 'tool-missing':
      return 'missing'
    default:
      return 'broken'
  }
}

const page: Remedy = { title: { key: 'utm.remedy.page' }, commands: [], url: downloadUrl }
const installing: readonly Remedy[] = [
  { title: { key: 'utm.remedy.brew' }, commands: ['brew install --cask utm'], url: null },
  page,
]
const opening: Remedy = { title: { key: 'utm.remedy.open' }, commands: ['open -g -a UTM'], url: null }

/** The way out of each: by the sentence that says what is wrong. */
function remediesOf({ message }: AppError): readonly Remedy[] {
  switch (message.key) {
    case 'utm.error.automation':
      return [
        {
          title: { key: 'utm.remedy.automation' },
          commands: [`open '${settingsUrl}?Privacy_Automation'`],
          url: null,
        },
        { title: { key: 'utm.remedy.askAgain' }, commands: ['tccutil reset AppleEvents'], url: null },
      ]
    case 'utm.error.folder':
    case 'utm.error.closed':
      return [
        opening,
        { title: { key: 'utm.remedy.folder' }, commands: [`open '${settingsUrl}?Privacy_AllFiles'`], url: null },
      ]
    case 'utm.error.ssh':
      return [{ title: { key: 'utm.remedy.ssh' }, commands: [], url: null }]
    case 'utm.error.locked':
      return [{ title: { key: 'utm.remedy.locked' }, commands: [], url: null }]
    case 'utm.error.notRunning':
      return [opening]
    case 'error.toolMissing':
      return installing
    default:
      return []
  }
}
