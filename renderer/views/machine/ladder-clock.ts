import type { Wait } from '../../../app/domain/task.ts'
import { formatCountdown } from '../../format/time.ts'

export function left(wait: Wait, now: number): number {
  return Date.parse(wait.since) + wait.limitMs - now
}

export function passed(wait: Wait, now: number): number {
  return Math.min(1, Math.max(0, (now - Date.parse(wait.since)) / wait.limitMs))
}

/** What is left while it may still answer, how long it has been after. */
export function clock(wait: Wait, now: number): string {
  return formatCountdown(wait.unanswered ? now - Date.parse(wait.since) : left(wait, now))
}
