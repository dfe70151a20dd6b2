import type { ReactNode } from 'react'
import { isBusy, type Machine, type MachineState, type SteadyState } from '../../app/domain/machine.ts'
import './icon.css'

export type MarkName = SteadyState | 'attention' | 'busy'

/** One shape per state on a 14 px grid, told apart without colour. */
const shapes: Readonly<Record<MarkName, ReactNode>> = {
  running: <circle cx="7" cy="7" r="4.75" className="solid" />,
  stopped: <circle cx="7" cy="7" r="4" />,
  paused: <path d="M4.5 3v8M9.5 3v8" strokeWidth={2.75} strokeLinecap="butt" />,
  suspended: <path d="M11.9 8.4A5.3 5.3 0 0 1 5.6 2.1 5.3 5.3 0 1 0 11.9 8.4Z" className="solid" />,
  crashed: (
    <path
      className="solid"
      fillRule="evenodd"
      d="M6.1 1.6a1 1 0 0 1 1.8 0l5.2 9.6a1 1 0 0 1-.9 1.5H1.8a1 1 0 0 1-.9-1.5ZM6.2 5v3.6h1.6V5Zm0 4.6v1.6h1.6V9.6Z"
    />
  ),
  attention: (
    <>
      <circle cx="7" cy="7" r="5.1" strokeWidth={1.5} />
      <path d="M7 4.2v3.4M7 9.9v.1" strokeWidth={1.5} />
    </>
  ),
  inaccessible: (
    <>
      <circle cx="7" cy="7" r="4.5" />
      <path d="m3.9 10.1 6.2-6.2" />
    </>
  ),
  unknown: <path d="M4.4 4.9a2.7 2.7 0 1 1 3.9 2.4C7.4 7.8 7 8.2 7 9.1M7 11.6v.1" />,
  busy: <path d="M7 2.25A4.75 4.75 0 1 1 2.25 7" />,
}

export function markOf(state: MachineState): MarkName {
  return isBusy(state) ? 'busy' : state
}

/** The mark of a machine: its own state's, or what calls a person to one that is off and lacks something. */
export function machineMark(state: MachineState, { needsHelp }: Pick<Machine, 'needsHelp'>): MarkName {
  return needsHelp && (state === 'stopped' || state === 'suspended') ? 'attention' : markOf(state)
}

/** The class that colours a state's word like its mark. */
export function wordClass(state: MachineState): string {
  return `word-${markOf(state)}`
}

/** A state's mark. The state's word must stand beside it, visible or for a screen reader. */
export function StateMark({
  name,
  className = '',
}: {
  readonly name: MarkName
  readonly className?: string
}): ReactNode {
  return (
    <svg className={`mark mark-${name} ${className}`} viewBox="0 0 14 14" aria-hidden="true">
      {shapes[name]}
    </svg>
  )
}
