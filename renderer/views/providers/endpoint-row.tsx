import { type ReactNode, useState } from 'react'
import type { Capability, Endpoint, EndpointState } from '../../../app/domain/provider.ts'
import { clearFailure } from '../../actions/call.ts'
import { checkEndpoint, placeOfEndpoint } from '../../actions/endpoints.ts'
import { chooseFilter } from '../../actions/navigate.ts'
import { Button } from '../../components/button.tsx'
import { Icon } from '../../components/icon.tsx'
import { IconButton } from '../../components/icon-button.tsx'
import { Menu, type MenuEntry } from '../../components/menu.tsx'
import { type MarkName, StateMark } from '../../components/state-mark.tsx'
import { formatTime } from '../../format/time.ts'
import { Say, useLocale, useSay } from '../../say.tsx'
import { failureAt, providerOf } from '../../store/selectors.ts'
import { useApp } from '../../store/store.ts'
import { ErrorCard } from '../machine/error-card.tsx'
import { Remedies } from './remedies.tsx'
import { toolOf } from './tool-of.ts'
import { ToolPathDialog } from './tool-path-dialog.tsx'

const marks: Readonly<Record<EndpointState, MarkName>> = {
  ready: 'running',
  checking: 'busy',
  missing: 'stopped',
  'too-old': 'crashed',
  refused: 'crashed',
  broken: 'crashed',
  'not-running': 'stopped',
  unreachable: 'unknown',
}

/** What a person looks for in a provider, in the order they would ask. */
const shownCapabilities = [
  'consoles',
  'snapshots',
  'suspend',
  'pause',
  'clone',
  'create',
  'trash',
  'stats',
] as const satisfies readonly Capability[]

/** One provider on one host: its state in a sentence, what it can do, and what puts it right. */
export function EndpointRow({ endpoint }: { readonly endpoint: Endpoint }): ReactNode {
  const say = useSay()
  const [isHowOpen, setHowOpen] = useState(false)
  const [isChoosing, setChoosing] = useState(false)
  const count = useApp(({ inventory }) => {
    let machines = 0
    for (const machine of inventory.machines.values()) if (machine.endpointId === endpoint.id) machines += 1
    return machines
  })
  const failure = useApp(failureAt(placeOfEndpoint(endpoint.id)))
  const tool = toolOf(endpoint)
  const hasHow = endpoint.remedies.length > 0
  const isBad = endpoint.state !== 'ready' && endpoint.state !== 'checking'
  const check = (): void => void checkEndpoint(endpoint.id)

  const entries = (): readonly MenuEntry[] => [
    { kind: 'item', id: 'check', icon: 'refresh', label: say('verb.check'), choose: check },
    {
      kind: 'item',
      id: 'show',
      icon: 'machines',
      label: say('nav.count', { count }),
      choose: () => chooseFilter({ kind: 'endpoint', endpointId: endpoint.id }, false),
    },
    { kind: 'item', id: 'path', icon: 'folder', label: say('providers.choose'), choose: () => setChoosing(true) },
  ]

  return (
    <article id={endpoint.id} className="endpoint" aria-label={endpoint.label}>
      <span className="endpoint-mark">
        <StateMark name={marks[endpoint.state]} />
      </span>
      <h3 className="endpoint-label">{endpoint.label}</h3>
      <div className="endpoint-body">
        <Sentence endpoint={endpoint} machines={count} />
        {endpoint.notices.map((notice) => (
          <p key={notice.text.key} className={`endpoint-below endpoint-${notice.level}`}>
            {notice.level === 'warning' && <Icon name="warning" size="small" />}
            <span>
              <Say text={notice.text} />
            </span>
          </p>
        ))}
        {endpoint.state === 'ready' && <Capabilities providerId={endpoint.providerId} />}
        {isHowOpen && <Remedies endpoint={endpoint} />}
      </div>
      <div className="endpoint-actions">
        {!isBad && count > 0 && <span className="endpoint-count">{say('nav.count', { count })}</span>}
        {hasHow && (
          <Button
            size="small"
            kind={endpoint.state === 'refused' ? 'primary' : 'normal'}
            aria-expanded={isHowOpen}
            onClick={() => setHowOpen(!isHowOpen)}
          >
            {say(howKey(endpoint.state))}
          </Button>
        )}
        {isBad && endpoint.state !== 'broken' && endpoint.state !== 'missing' && (
          <Button size="small" onClick={check}>
            {say(
              endpoint.state === 'unreachable' || endpoint.state === 'not-running' ? 'providers.tryNow' : 'verb.check',
            )}
          </Button>
        )}
        {endpoint.state === 'missing' && (
          <Button size="small" onClick={() => setChoosing(true)}>
            {say('providers.choose')}
          </Button>
        )}
        {/* In every row, so that all of them end at the same place. */}
        <Menu entries={entries} align="end">
          <IconButton icon="more" size="small" label={say('action.more')} />
        </Menu>
      </div>
      {(endpoint.state === 'broken' || failure !== null) && (
        <div className="endpoint-card">
          <EndpointFailure endpoint={endpoint} />
        </div>
      )}
      {isChoosing && <ToolPathDialog tool={tool} onClose={() => setChoosing(false)} />}
    </article>
  )
}

function howKey(state: EndpointState): 'providers.how' | 'providers.howTooOld' | 'providers.fix' {
  if (state === 'missing') return 'providers.how'
  return state === 'too-old' ? 'providers.howTooOld' : 'providers.fix'
}

/** The state, then what is known besides: `Ready. 10.1.2 at /usr/local/bin`. */
function Sentence({ endpoint, machines }: { readonly endpoint: Endpoint; readonly machines: number }): ReactNode {
  const say = useSay()
  const locale = useLocale()
  const { state, error } = endpoint
  const isAway = state === 'unreachable'
  return (
    <>
      <p>
        {isAway
          ? say('providers.unreachableSince', { time: formatTime(endpoint.since, locale) })
          : say(`providers.state.${state}`)}{' '}
        <span className="quiet-text">
          {endpoint.version}{' '}
          {endpoint.place !== null && <span className="mono selectable endpoint-place">{endpoint.place}</span>}
        </span>
      </p>
      {error !== null && state !== 'broken' && (
        <p className="endpoint-below">
          <Say text={error.message} />{' '}
          {error.hint !== null && (
            <>
              <Say text={error.hint} />{' '}
            </>
          )}
          {isAway && machines > 0 && say('providers.keptMachines', { count: machines })}
          {state === 'missing' && say('providers.missingHint')}
        </p>
      )}
    </>
  )
}

function Capabilities({ providerId }: { readonly providerId: string }): ReactNode {
  const say = useSay()
  const provider = useApp(providerOf(providerId))
  if (provider === null) return null
  const unsupported = {
    suspend: provider.unsupported.suspend,
    pause: provider.unsupported.pause,
    clone: provider.unsupported.clone,
  }
  return (
    <ul className="endpoint-capabilities">
      {shownCapabilities.map((capability) => {
        const can = provider.capabilities.includes(capability)
        const why = capability in unsupported ? unsupported[capability as keyof typeof unsupported] : undefined
        // What it lacks is worth a line only where a person would miss it.
        if (!can && why === undefined) return null
        return (
          <li
            key={capability}
            className={can ? '' : 'endpoint-cannot'}
            {...(why === undefined || can ? {} : { 'data-tip': say(why) })}
          >
            <Icon name={can ? 'check' : 'minus'} />
            {!can && <span className="visually-hidden">{say('providers.cannot', { what: '' })}</span>}
            {say(`providers.can.${capability}`)}
          </li>
        )
      })}
    </ul>
  )
}

function EndpointFailure({ endpoint }: { readonly endpoint: Endpoint }): ReactNode {
  const place = placeOfEndpoint(endpoint.id)
  const failure = useApp(failureAt(place))
  const error = failure?.error ?? endpoint.error
  if (error === null) return null
  return (
    <ErrorCard
      title={{ key: 'providers.doesNotWork', params: { name: endpoint.label } }}
      error={error}
      taskId={null}
      tool={endpoint.label}
      actions={['check']}
      onAction={() => void checkEndpoint(endpoint.id)}
      onClose={failure === null ? null : () => clearFailure(place)}
    />
  )
}
