import type { ReactNode } from 'react'
import type { Machine } from '../../../app/domain/machine.ts'
import type { MessageKey } from '../../../app/messages/text.ts'
import { powerOffMachine, resetMachine, shutDownMachine } from '../../actions/machines.ts'
import { closeDialog } from '../../actions/navigate.ts'
import { Button } from '../../components/button.tsx'
import { AlertDialog } from '../../components/dialog.tsx'
import { Say, useSay } from '../../say.tsx'
import { permissionOf } from '../../store/selectors.ts'
import { useApp } from '../../store/store.ts'
import { startEach, takeSnapshotOfEach } from './many-machines.ts'
import './power-dialog.css'
import { type PowerQuestion, verbKey } from './power-verbs.ts'

/** Names that are told one by one; more are a number. */
const maxNames = 5

/** Asks before unsaved work is lost, or before many machines are touched at once. */
export function PowerDialog({ verb, machineIds }: PowerQuestion): ReactNode {
  const say = useSay()
  const known = useApp((state) => state.inventory.machines)
  const machines = machineIds.flatMap((id) => known.get(id) ?? [])
  const [first, ...others] = machines
  const canShutDown = useApp(
    (state) => first !== undefined && permissionOf('shutDown', first.id)(state).kind === 'allowed',
  )
  if (first === undefined) return null
  const isOne = others.length === 0
  const isContainer = first.kind === 'container'
  const isForced = verb === 'powerOff' || verb === 'reset'
  const { title, cost } = isOne && isForced ? wordsOfOne(verb, isContainer) : wordsOfMany(verb, isContainer)
  const params = isOne && isForced ? { name: first.name } : { count: machines.length }
  const ids = machines.map(({ id }) => id)
  const run = (): void => {
    closeDialog()
    if (verb === 'start') startEach(ids)
    else if (verb === 'snapshot') takeSnapshotOfEach(ids, say)
    else for (const id of ids) void forced[verb](id)
  }
  return (
    <AlertDialog
      title={<Say text={title} params={params} />}
      description={<Say text={cost} params={params} />}
      onClose={closeDialog}
      widthPx={440}
      footer={
        <>
          {isOne && verb === 'powerOff' && canShutDown && (
            <Button
              onClick={() => {
                closeDialog()
                void shutDownMachine(first.id)
              }}
            >
              {say(isContainer ? 'power.stopInstead' : 'power.shutDownInstead')}
            </Button>
          )}
          <Button kind={isForced ? 'danger-fill' : 'primary'} onClick={run}>
            {say(!isOne && verb === 'shutDown' ? 'bulk.stop' : verbKey(verb, first))}
          </Button>
        </>
      }
    >
      {!isOne && <Names machines={machines} />}
    </AlertDialog>
  )
}

function Names({ machines }: { readonly machines: readonly Machine[] }): ReactNode {
  const say = useSay()
  const rest = machines.length - maxNames
  return (
    <ul className="power-names">
      {machines.slice(0, rest === 1 ? maxNames + 1 : maxNames).map((machine) => (
        <li key={machine.id} className="cut">
          <bdi dir="auto">{machine.name}</bdi>
        </li>
      ))}
      {rest > 1 && <li>{say('power.more', { count: rest })}</li>}
    </ul>
  )
}

const forced = { powerOff: powerOffMachine, reset: resetMachine, shutDown: shutDownMachine } as const

interface Words {
  readonly title: MessageKey
  readonly cost: MessageKey
}

function wordsOfOne(verb: 'powerOff' | 'reset', isContainer: boolean): Words {
  if (verb === 'reset') return { title: 'power.resetTitle', cost: 'power.resetCost' }
  return isContainer
    ? { title: 'power.killTitle', cost: 'power.killCost' }
    : { title: 'power.powerOffTitle', cost: 'power.powerOffCost' }
}

/** Several machines to be forced are of one kind: the ladder asks for VMs and containers apart. */
function wordsOfMany(verb: PowerQuestion['verb'], isContainer: boolean): Words {
  switch (verb) {
    case 'start':
      return { title: 'power.manyStartTitle', cost: 'power.manyStartCost' }
    case 'shutDown':
      return { title: 'power.manyStopTitle', cost: 'power.manyStopCost' }
    case 'snapshot':
      return { title: 'power.manySnapshotTitle', cost: 'power.manySnapshotCost' }
    case 'powerOff':
    case 'reset':
      return isContainer
        ? { title: 'power.manyKillTitle', cost: 'power.manyKillCost' }
        : { title: 'power.manyPowerOffTitle', cost: 'power.manyPowerOffCost' }
  }
}
