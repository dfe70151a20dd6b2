import { memo, type ReactNode, useState } from 'react'
import type { MachineId } from '../../../app/domain/ids.ts'
import type { Machine } from '../../../app/domain/machine.ts'
import type { Verb } from '../../../app/domain/verbs.ts'
import { GridPart } from '../../components/grid-part.tsx'
import { IconButton } from '../../components/icon-button.tsx'
import { Menu } from '../../components/menu.tsx'
import { Name } from '../../components/name.tsx'
import { machineMark, StateMark } from '../../components/state-mark.tsx'
import { shortId } from '../../format/names.ts'
import { stateKey } from '../../format/state-key.ts'
import { type SayFunction, useSay } from '../../say.tsx'
import { endpointOf, machineOf, permissionOf, shownState, taskOfMachine } from '../../store/selectors.ts'
import { store, useApp } from '../../store/store.ts'
import { verbKey } from '../machine/power-verbs.ts'
import { doVerb, verbIcons } from '../machine/verbs.ts'
import { RowState } from './row-state.tsx'
import { rowEntries } from './verb-entries.ts'

export interface MachineRowProps {
  readonly id: MachineId
  readonly top: number
  readonly rowIndex: number
  readonly isSelected: boolean
  /** Has the list's tab stop. */
  readonly isCursor: boolean
  readonly isStale: boolean
  readonly hidesSystem: boolean
  readonly level: number
}

/** A machine in the list. It draws again when its own machine, task or figures change, and never for its neighbours'. */
export const MachineRow = memo(function MachineRow(props: MachineRowProps): ReactNode {
  const { id, isSelected, isCursor } = props
  const say = useSay()
  const machine = useApp(machineOf(id))
  const task = useApp(taskOfMachine(id))
  const provider = useApp((state) => endpointOf(machine?.endpointId ?? null)(state)?.label ?? '')
  const [isHovered, setHovered] = useState(false)
  if (machine === null) return null
  const state = shownState(machine, task)
  const isPercent = task !== null && typeof task.progress?.fraction === 'number'
  const isLong = !isPercent && say(stateKey(state, machine, task)).length > maxWordLength
  return (
    <GridPart
      role="row"
      data-row={id}
      className={`row ${props.isStale ? 'row-stale' : ''} ${isLong ? 'row-long' : ''}`}
      style={{ transform: `translateY(${props.top}px)` }}
      tabIndex={isCursor ? 0 : -1}
      aria-level={props.level}
      aria-rowindex={props.rowIndex}
      aria-selected={isSelected}
      aria-label={rowName(machine, say(stateKey(state, machine, task)), provider, say)}
      draggable
      onPointerEnter={() => setHovered(true)}
      onPointerLeave={() => setHovered(false)}
    >
      <StateMark name={machineMark(state, machine)} />
      <GridPart role="gridcell" className="row-name">
        <Name name={machine.name} fallback={machine.id} />
      </GridPart>
      <GridPart role="gridcell" className="row-system cut">
        {!props.hidesSystem && machine.os}
      </GridPart>
      <GridPart role="gridcell" className="row-end">
        {isHovered || isCursor ? <RowActions machine={machine} isShown={isHovered} /> : null}
        <span className="row-state">
          <RowState machine={machine} state={state} task={task} provider={provider} isStale={props.isStale} />
        </span>
      </GridPart>
    </GridPart>
  )
})

/** Letters that fit a row's end. */
const maxWordLength = 10

function rowName(machine: Machine, state: string, provider: string, say: SayFunction): string {
  const common = { name: machine.name.trim() || shortId(machine.id), state, provider }
  return machine.os === null ? say('list.rowNameShort', common) : say('list.rowName', { ...common, system: machine.os })
}

/** The row's next step and its menu, in place of its end while the pointer or the keyboard is on it. */
function RowActions({ machine, isShown }: { readonly machine: Machine; readonly isShown: boolean }): ReactNode {
  const say = useSay()
  const verb: Verb = nextVerb(machine)
  const permission = useApp(permissionOf(verb, machine.id))
  return (
    <span className={`row-actions ${isShown ? 'row-actions-shown' : ''}`}>
      {permission.kind !== 'absent' && (
        <IconButton
          size="small"
          icon={verbIcons[verb] ?? 'play'}
          label={say(verbKey(verb, machine))}
          reason={permission.kind === 'refused' ? say(permission.reason) : null}
          tabIndex={-1}
          onClick={() => doVerb(verb, machine.id)}
        />
      )}
      <Menu entries={() => rowEntries(machine, say)} follow={store.subscribe} align="end">
        <IconButton size="small" icon="more" label={say('action.more')} tabIndex={-1} />
      </Menu>
    </span>
  )
}

function nextVerb(machine: Machine): Verb {
  if (machine.state === 'paused') return 'resume'
  return ['stopped', 'crashed', 'suspended'].includes(machine.state) ? 'start' : 'terminal'
}
