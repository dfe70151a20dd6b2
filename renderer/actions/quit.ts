import { attempt, call } from './call.ts'
import { openDialog } from './navigate.ts'

export type QuitMode = 'keep' | 'suspend' | 'shut-down' | 'cancel'

/** Quits, or asks first when something would change or end. */
export async function quitBerth(): Promise<void> {
  const plan = await attempt('window', () => call('quit.plan'))
  if (plan === null) return
  const isNothing =
    plan.ending.length === 0 && plan.tasks.length === 0 && plan.terminals.length === 0 && plan.staying.length === 0
  if (isNothing) await answerQuit('keep')
  else openDialog({ kind: 'quit', plan })
}

export const answerQuit = (mode: QuitMode): Promise<void | null> => attempt('window', () => call('quit.run', { mode }))
