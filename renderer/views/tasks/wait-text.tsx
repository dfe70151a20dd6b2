import type { ReactNode } from 'react'
import type { Task } from '../../../app/domain/task.ts'
import { useSecond } from '../../format/clock.ts'
import { Say, useSay } from '../../say.tsx'

/** For a task that cannot say how far it is: what it waits for, and for how long already. */
export function WaitText({ task }: { readonly task: Task }): ReactNode {
  const say = useSay()
  const text = task.progress?.text ?? null
  if (task.state === 'queued') return say('tasks.waiting')
  return (
    <>
      {text !== null && (
        <>
          <Say text={text} />
          {' · '}
        </>
      )}
      <Seconds since={task.startedAt ?? task.createdAt} />
    </>
  )
}

function Seconds({ since }: { readonly since: string }): ReactNode {
  const say = useSay()
  useSecond()
  return say('tasks.seconds', { count: Math.max(0, Math.round((Date.now() - Date.parse(since)) / 1000)) })
}
