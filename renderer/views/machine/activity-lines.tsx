import type { ReactNode } from 'react'
import type { ActivityEntry } from '../../../app/contract/views.ts'
import { taskText } from '../../../app/domain/task-text.ts'
import { Moment } from '../../components/time.tsx'
import { formatDuration } from '../../format/time.ts'
import { Say, useLocale, useSay } from '../../say.tsx'
import './activity.css'

/** A few entries in one line each: when, what, how long. */
export function ActivityLines({ entries }: { readonly entries: readonly ActivityEntry[] }): ReactNode {
  return (
    <ul className="activity-lines">
      {entries.map((entry) => (
        <li key={entry.taskId}>
          <span className="activity-when">
            <Moment at={entry.startedAt} />
          </span>
          <span className={`cut ${entry.state === 'failed' ? 'activity-failed' : ''}`}>
            <Say text={taskText(entry)} strong={['subject']} />
          </span>
          <Outcome entry={entry} />
        </li>
      ))}
    </ul>
  )
}

/** How long it took; for what did not simply succeed, what came of it. */
export function Outcome({ entry }: { readonly entry: ActivityEntry }): ReactNode {
  const say = useSay()
  const locale = useLocale()
  if (entry.state !== 'succeeded') {
    return (
      <span className={`activity-end ${entry.state === 'failed' ? 'activity-failed' : ''}`}>
        {say(`task.state.${entry.state}`)}
      </span>
    )
  }
  const took = entry.endedAt === null ? 0 : Date.parse(entry.endedAt) - Date.parse(entry.startedAt)
  return (
    <span className="activity-end">{took >= 1000 && say('task.took', { duration: formatDuration(took, locale) })}</span>
  )
}
