import { type ReactNode, useMemo, useState } from 'react'
import type { ActivityEntry } from '../../../app/contract/views.ts'
import type { PermitContext } from '../../../app/domain/permit.ts'
import { taskText } from '../../../app/domain/task-text.ts'
import { Button } from '../../components/button.tsx'
import { Checkbox } from '../../components/checkbox.tsx'
import { EmptyState } from '../../components/empty-state.tsx'
import { Icon } from '../../components/icon.tsx'
import { StateMark } from '../../components/state-mark.tsx'
import { useMinute } from '../../format/clock.ts'
import { daysAgo, formatDate, formatTime } from '../../format/time.ts'
import { Say, type SayFunction, useLocale, useSay } from '../../say.tsx'
import './activity.css'
import { Outcome } from './activity-lines.tsx'
import { CommandList } from './command-list.tsx'
import { CopyReport } from './copy-report.tsx'
import { errorActions } from './error-actions.ts'
import { ErrorCard } from './error-card.tsx'
import { useActivity } from './use-activity.ts'

const pageSize = 100
const maxEntries = 500

/** What happened to a machine, newest first, by day. Each entry opens the exact commands that ran. */
export function ActivityTab({ context }: { readonly context: PermitContext }): ReactNode {
  const say = useSay()
  const [limit, setLimit] = useState(pageSize)
  const [onlyFailed, setOnlyFailed] = useState(false)
  const { machine } = context
  const { value, error, again } = useActivity(machine.id, limit)
  const shown = useMemo(
    () => value?.filter((entry) => !onlyFailed || entry.state === 'failed' || entry.state === 'unknown') ?? [],
    [value, onlyFailed],
  )
  const days = useDays(shown)
  if (error !== null && value === null) {
    return (
      <div className="activity">
        <ErrorCard
          title={{ key: 'activity.failed' }}
          error={error}
          taskId={null}
          tool={null}
          actions={errorActions(error.code, { verb: null, state: null, canRetry: true })}
          onAction={again}
          onClose={null}
        />
      </div>
    )
  }
  if (value === null) return null
  return (
    <div className="activity">
      {value.length > 0 && (
        <div className="activity-bar">
          <Checkbox label={say('activity.onlyFailed')} isChecked={onlyFailed} onChange={setOnlyFailed} />
        </div>
      )}
      {shown.length === 0 && <EmptyState title={say(onlyFailed ? 'activity.noneFailed' : 'activity.none')} />}
      {days.map(({ day, entries }) => (
        <section key={day} aria-label={day}>
          <h2 className="activity-day">{day}</h2>
          <ul>
            {entries.map((entry) => (
              <Entry key={entry.taskId} entry={entry} />
            ))}
          </ul>
        </section>
      ))}
      {value.length === limit && limit < maxEntries && (
        <Button size="small" onClick={() => setLimit(Math.min(maxEntries, limit + pageSize))}>
          {say('activity.more')}
        </Button>
      )}
    </div>
  )
}

function Entry({ entry }: { readonly entry: ActivityEntry }): ReactNode {
  const locale = useLocale()
  const say = useSay()
  const [isOpen, setOpen] = useState(false)
  const id = `activity-${entry.taskId}`
  return (
    <li className="activity-entry">
      <button
        type="button"
        className="activity-row"
        aria-expanded={isOpen}
        aria-controls={id}
        onClick={() => setOpen(!isOpen)}
      >
        <Icon name={isOpen ? 'down' : 'right'} size="small" />
        <time className="activity-when" dateTime={entry.startedAt}>
          {formatTime(entry.startedAt, locale)}
        </time>
        <EntryMark entry={entry} />
        <span className="cut">
          <Say text={taskText(entry)} strong={['subject']} />
        </span>
        <Outcome entry={entry} />
      </button>
      {isOpen && (
        <div id={id} className="activity-detail">
          {entry.error !== null && (
            <p className="activity-error">
              <Say text={entry.error.message} /> {entry.error.hint !== null && <Say text={entry.error.hint} />}
            </p>
          )}
          <CommandList taskId={entry.taskId} fallback={entry.error?.detail ?? null} />
          <CopyReport error={entry.error} taskId={entry.taskId} entry={entry} kind="quiet" />
        </div>
      )}
      <span className="visually-hidden">{say(`task.state.${entry.state}`)}</span>
    </li>
  )
}

function EntryMark({ entry }: { readonly entry: ActivityEntry }): ReactNode {
  switch (entry.state) {
    case 'queued':
    case 'running':
      return <StateMark name="busy" />
    case 'succeeded':
      return <Icon name="check" size="small" className="activity-mark-done" />
    case 'failed':
      return <Icon name="failed" size="small" className="activity-mark-failed" />
    case 'cancelled':
      return <StateMark name="stopped" />
    case 'unknown':
      return <StateMark name="unknown" />
  }
}

function useDays(
  entries: readonly ActivityEntry[],
): readonly { readonly day: string; readonly entries: readonly ActivityEntry[] }[] {
  const say = useSay()
  const locale = useLocale()
  const now = useMinute()
  return useMemo(() => byDay(entries, (iso) => dayName(iso, now, locale, say)), [entries, now, locale, say])
}

/** Entries under their days, both in the order given. */
function byDay(
  entries: readonly ActivityEntry[],
  nameOf: (iso: string) => string,
): readonly { readonly day: string; readonly entries: readonly ActivityEntry[] }[] {
  const days: { day: string; entries: ActivityEntry[] }[] = []
  for (const entry of entries) {
    const day = nameOf(entry.startedAt)
    const last = days.at(-1)
    if (last?.day === day) last.entries.push(entry)
    else days.push({ day, entries: [entry] })
  }
  return days
}

function dayName(iso: string, now: number, locale: 'en' | 'ko', say: SayFunction): string {
  const days = daysAgo(iso, now)
  if (days === 0) return say('activity.today')
  return days === 1 ? say('activity.yesterday') : formatDate(iso, locale)
}
