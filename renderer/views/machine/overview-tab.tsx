import { type ReactNode, useState } from 'react'
import { factsOf, type MachineDetails } from '../../../app/domain/details.ts'
import type { PermitContext } from '../../../app/domain/permit.ts'
import type { Notice } from '../../../app/domain/provider.ts'
import { call } from '../../actions/call.ts'
import { setTab } from '../../actions/navigate.ts'
import { Button } from '../../components/button.tsx'
import { CopyButton } from '../../components/copy-button.tsx'
import { Icon } from '../../components/icon.tsx'
import { Say, useSay } from '../../say.tsx'
import { ActivityLines } from './activity-lines.tsx'
import { Facts } from './facts.tsx'
import { InspectDialog } from './inspect-dialog.tsx'
import { Meters } from './meters.tsx'
import './overview.css'
import { isAway } from '../../../app/domain/provider.ts'
import { Preview } from './preview.tsx'
import { NoteFact, TagsFact } from './tags-and-note.tsx'
import { useActivity } from './use-activity.ts'
import { useAnswer } from './use-answer.ts'

const recentEntries = 3

/** A machine at a glance: what it says now, its figures, how to reach it, what it is, where it lives, what happened last. */
export function OverviewTab({ context }: { readonly context: PermitContext }): ReactNode {
  const say = useSay()
  const { machine } = context
  const [isInspecting, setInspecting] = useState(false)
  const details = useAnswer(machine.id, `${context.endpoint.state} ${JSON.stringify(machine)}`, () =>
    call('machine.details', { id: machine.id }),
  )
  const recent = useActivity(machine.id, recentEntries)
  const known = details.value
  return (
    <div className="overview">
      <Notices notices={known?.notices ?? []} />
      {machine.state !== 'inaccessible' && (
        <div className="overview-now">
          <Preview context={context} />
          <Meters machine={machine} tool={context.endpoint.label} isReachable={!isAway(context.endpoint)} />
        </div>
      )}
      <div className="overview-rest">
        <FactSection title={say('overview.connect')} details={known} group="connect" context={context} />
        <div className="overview-two">
          <FactSection title={say('overview.hardware')} details={known} group="hardware" context={context} />
          <section className="overview-section">
            <h2>{say('overview.place')}</h2>
            <Facts facts={factsOf(known, 'place', machine.state)} context={context}>
              <TagsFact id={machine.id} />
              <NoteFact id={machine.id} />
            </Facts>
          </section>
        </div>
        {known?.commandLine != null && (
          <section className="overview-section">
            <h2>
              {say(machine.kind === 'container' ? 'overview.commandContainer' : 'overview.command')}
              <CopyButton text={known.commandLine} label={say('overview.copyCommand')} />
            </h2>
            {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a command that scrolls must be reachable by keyboard */}
            <pre className="command-line" tabIndex={0}>
              {known.commandLine}
            </pre>
          </section>
        )}
        {known?.inspect != null && (
          <p className="overview-inspect">
            <Button size="small" icon="search" onClick={() => setInspecting(true)}>
              {say('overview.inspect')}
            </Button>
          </p>
        )}
        {recent.value !== null && recent.value.length > 0 && (
          <section className="overview-section">
            <h2>
              {say('overview.recent')}
              <Button kind="link" className="small" onClick={() => setTab(machine.id, 'activity')}>
                {say('overview.allActivity')}
              </Button>
            </h2>
            <ActivityLines entries={recent.value} />
          </section>
        )}
      </div>
      {isInspecting && known?.inspect != null && (
        <InspectDialog name={machine.name} text={known.inspect} onClose={() => setInspecting(false)} />
      )}
    </div>
  )
}

function FactSection({
  title,
  details,
  group,
  context,
}: {
  readonly title: string
  readonly details: MachineDetails | null
  readonly group: 'connect' | 'hardware'
  readonly context: PermitContext
}): ReactNode {
  const facts = factsOf(details, group, context.machine.state)
  if (facts.length === 0) return null
  return (
    <section className="overview-section">
      <h2>{title}</h2>
      <Facts facts={facts} context={context} />
    </section>
  )
}

function Notices({ notices }: { readonly notices: readonly Notice[] }): ReactNode {
  if (notices.length === 0) return null
  return (
    <ul className="notices">
      {notices.map((notice) => (
        <li key={JSON.stringify(notice.text)} className={`notice notice-${notice.level}`}>
          <Icon name={notice.level === 'warning' ? 'warning' : 'info'} />
          <span>
            <Say text={notice.text} />
          </span>
        </li>
      ))}
    </ul>
  )
}
