import { memo, type ReactNode } from 'react'
import type { MachineId } from '../../../app/domain/ids.ts'
import { type Machine, reachableAt } from '../../../app/domain/machine.ts'
import { formatMemory } from '../../../app/domain/units.ts'
import { GridPart } from '../../components/grid-part.tsx'
import { Name } from '../../components/name.tsx'
import { machineMark, StateMark, wordClass } from '../../components/state-mark.tsx'
import { Since } from '../../components/time.tsx'
import { cpuShare } from '../../format/figures.ts'
import { stateKey } from '../../format/state-key.ts'
import { useLocale, useSay } from '../../say.tsx'
import { endpointOf, machineOf, shownState, statsOf, taskOfMachine } from '../../store/selectors.ts'
import { useApp } from '../../store/store.ts'

export const TableRow = memo(function TableRow({
  id,
  top,
  rowIndex,
  isSelected,
  isCursor,
  isStale,
}: {
  readonly id: MachineId
  readonly top: number
  readonly rowIndex: number
  readonly isSelected: boolean
  readonly isCursor: boolean
  readonly isStale: boolean
}): ReactNode {
  const say = useSay()
  const machine = useApp(machineOf(id))
  const task = useApp(taskOfMachine(id))
  const endpoint = useApp(endpointOf(machine?.endpointId ?? null))
  const host = useApp(({ inventory }) => inventory.hosts.find((known) => known.id === endpoint?.hostId)?.label ?? null)
  if (machine === null) return null
  const state = shownState(machine, task)
  const fraction = task?.progress?.fraction ?? null
  return (
    <GridPart
      role="row"
      data-row={id}
      className={`row table-row ${isStale ? 'row-stale' : ''}`}
      style={{ transform: `translateY(${top}px)` }}
      tabIndex={isCursor ? 0 : -1}
      aria-rowindex={rowIndex}
      aria-selected={isSelected}
      draggable
    >
      <StateMark name={machineMark(state, machine)} />
      <GridPart role="gridcell" className="row-name">
        <Name name={machine.name} fallback={machine.id} />
      </GridPart>
      <GridPart role="gridcell" className={`cut ${wordClass(state)}`}>
        {fraction === null
          ? say(stateKey(state, machine, task))
          : say('tasks.percent', { percent: Math.round(fraction * 100) })}
      </GridPart>
      <GridPart role="gridcell" className="cut">
        {machine.os}
      </GridPart>
      <GridPart role="gridcell" className="cut">
        {endpoint?.label} {host !== null && <bdi>{host}</bdi>}
      </GridPart>
      {isStale ? (
        <>
          <GridPart role="gridcell" />
          <GridPart role="gridcell" />
        </>
      ) : (
        <Figures machine={machine} />
      )}
      <GridPart role="gridcell" className="cut mono">
        {reachableAt(machine)[0]}
      </GridPart>
      <GridPart role="gridcell" className="table-since">
        {state === 'running' && machine.since !== null && <Since at={machine.since} isShort />}
      </GridPart>
    </GridPart>
  )
})

/** CPU and memory change every two seconds: alone, so that the rest of the row does not draw with them. */
function Figures({ machine }: { readonly machine: Machine }): ReactNode {
  const say = useSay()
  const locale = useLocale()
  const percent = useApp((state) => cpuShare(statsOf(machine.id)(state), machine, state.system))
  const memory = useApp((state) => statsOf(machine.id)(state)?.memoryBytes ?? null)
  return (
    <>
      <GridPart role="gridcell" className={`table-cpu ${percent !== null && percent >= 50 ? 'row-hot' : ''}`}>
        {percent !== null && (
          <>
            <span className="table-percent">{say('tasks.percent', { percent })}</span>
            <i className="table-meter" aria-hidden="true">
              <i style={{ width: `${percent}%` }} />
            </i>
          </>
        )}
      </GridPart>
      <GridPart role="gridcell" className="table-memory">
        {memory !== null && formatMemory(memory, locale)}
      </GridPart>
    </>
  )
}
