import { type ReactNode, useEffect, useState } from 'react'
import type { Task } from '../../../app/domain/task.ts'
import { taskText } from '../../../app/domain/task-text.ts'
import { stateKey } from '../../format/state-key.ts'
import { type SayFunction, useSay } from '../../say.tsx'
import { onTaskChanged } from '../../store/connect.ts'
import { store } from '../../store/store.ts'
import { isOver } from '../../store/tasks.ts'

const windowMs = 2_000

/**
 * What a screen reader hears by itself: task ends and states of the selected machine politely, joined in windows of two
 * seconds; failures of what was just asked for at once.
 */
export function LiveRegions(): ReactNode {
  const say = useSay()
  const [polite, setPolite] = useState('')
  const [urgent, setUrgent] = useState('')

  useEffect(() => {
    const ended: Task[] = []
    let states = new Map<string, string>()
    let timer: ReturnType<typeof setTimeout> | undefined

    const speak = (): void => {
      timer = undefined
      setPolite([...joinEnds(ended, say), ...states.values()].join(' '))
      ended.length = 0
      states = new Map()
    }
    const soon = (): void => {
      timer ??= setTimeout(speak, windowMs)
    }
    const offTasks = onTaskChanged((task, before) => {
      if (!isOver(task) || (before !== undefined && isOver(before))) return
      if (task.state === 'failed')
        setUrgent(`${say(taskText(task))}. ${task.error === null ? '' : say(task.error.message)}`)
      else if (task.state === 'succeeded') {
        ended.push(task)
        soon()
      }
    })
    const offState = store.subscribe((now, before) => {
      const [id, ...more] = now.ui.selection
      if (id === undefined || more.length > 0 || before.ui.selection[0] !== id) return
      const machine = now.inventory.machines.get(id)
      const was = before.inventory.machines.get(id)
      if (machine === undefined || was === undefined || machine.state === was.state) return
      states.set(id, say('live.state', { name: machine.name, state: say(stateKey(machine.state, machine)) }))
      soon()
    })
    const offFailures = store.subscribe((now, before) => {
      for (const [place, failure] of Object.entries(now.ui.failures)) {
        if (failure !== before.ui.failures[place] && failure.taskId === null) setUrgent(say(failure.error.message))
      }
    })
    return () => {
      clearTimeout(timer)
      offTasks()
      offState()
      offFailures()
    }
  }, [say])

  return (
    <div className="visually-hidden">
      <div role="status" aria-live="polite">
        {polite}
      </div>
      <div role="alert" aria-live="assertive">
        {urgent}
      </div>
    </div>
  )
}

/** One end by its own sentence; several of the same kind, and several of any, by their number. */
function joinEnds(tasks: readonly Task[], say: SayFunction): readonly string[] {
  const [only, ...more] = tasks
  if (only === undefined) return []
  if (more.length === 0) return [`${say(taskText(only))}.`]
  const areStarts = tasks.every((task) => task.verb === 'start' || task.verb === 'resume')
  return [`${say(areStarts ? 'live.started' : 'live.done', { count: tasks.length })}.`]
}
