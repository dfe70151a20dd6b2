import type { ReactNode } from 'react'
import type { PermitContext } from '../../../app/domain/permit.ts'
import { isAway } from '../../../app/domain/provider.ts'
import type { Task } from '../../../app/domain/task.ts'
import { checkMachine } from '../../actions/machines.ts'
import { cancelTask } from '../../actions/tasks.ts'
import { Button } from '../../components/button.tsx'
import { IconButton } from '../../components/icon-button.tsx'
import { Menu } from '../../components/menu.tsx'
import { SplitButton } from '../../components/split-button.tsx'
import { machineMark, StateMark, wordClass } from '../../components/state-mark.tsx'
import { useMinute } from '../../format/clock.ts'
import { momentText } from '../../format/moment-text.ts'
import { stateKey } from '../../format/state-key.ts'
import { daysAgo, formatDate, formatDuration, formatTime } from '../../format/time.ts'
import { Say, useLocale, useSay } from '../../say.tsx'
import { shownState } from '../../store/selectors.ts'
import { TakePopover } from '../snapshots/take-popover.tsx'
import { canCancel, type HeaderItem, headerItems } from './header-items.ts'
import { NameField } from './name-field.tsx'
import { verbKey } from './power-verbs.ts'
import { StopLadderButton } from './stop-ladder.tsx'
import { doVerb, machineEntries, stopEntries, verbIcons } from './verbs.ts'

const maxWordLength = 10

/** A machine's name, state and verbs. */
export function MachineHeader({
  context,
  isPrimaryFree,
}: {
  readonly context: PermitContext
  readonly isPrimaryFree: boolean
}): ReactNode {
  const say = useSay()
  const { machine, task } = context
  const state = shownState(machine, task)
  const fraction = task?.state === 'running' ? (task.progress?.fraction ?? null) : null
  const items = headerItems(context, isPrimaryFree)
  const word = say(stateKey(state, machine, task))
  const step = task?.progress?.wait === undefined ? (task?.progress?.text ?? null) : null
  // The name and its state are read first: where they need the room, verbs keep their icons alone.
  const isFull = items.length > 3 || word.length > maxWordLength
  return (
    <header className="machine-header drag-region">
      <NameField context={context} />
      <p className={`machine-state ${isAway(context.endpoint) ? 'machine-state-past' : ''}`}>
        <StateMark name={machineMark(state, machine)} />
        <span className={wordClass(state)}>{word}</span>
        {fraction !== null && (
          <span className={wordClass(state)}>{say('detail.percent', { percent: Math.floor(fraction * 100) })}</span>
        )}
        {step !== null && (
          <span className="faint-text cut">
            <Say text={step} />
          </span>
        )}
        {fraction === null && task === null && <HowLong context={context} />}
      </p>
      <div className={`machine-verbs ${isFull ? 'machine-verbs-many' : ''}`}>
        {items.map((item) => (
          <Item key={item.kind === 'verb' ? item.verb : item.kind} item={item} context={context} />
        ))}
        <Menu entries={() => machineEntries(context, say)} align="end">
          <IconButton icon="more" label={say('action.more')} />
        </Menu>
      </div>
    </header>
  )
}

function HowLong({ context: { machine, endpoint } }: { readonly context: PermitContext }): ReactNode {
  const say = useSay()
  const locale = useLocale()
  const now = useMinute()
  if (isAway(endpoint)) {
    return (
      <span className="faint-text cut">{say('list.asOf', { time: momentText(endpoint.since, now, locale, say) })}</span>
    )
  }
  // What cannot be read says why on its page.
  if (machine.state === 'inaccessible') return null
  if (machine.remark !== null) return <span className="faint-text cut">{say(machine.remark)}</span>
  if (machine.since === null) return null
  const elapsedMs = Date.now() - Date.parse(machine.since)
  // Seconds would stand still until the next minute.
  if (elapsedMs < 60_000) return null
  const isOn = machine.state === 'running' || machine.state === 'paused'
  return (
    <time className="faint-text cut" dateTime={machine.since}>
      {isOn
        ? say('detail.for', { duration: formatDuration(elapsedMs, locale) })
        : machine.state === 'crashed'
          ? say(crashedKey(machine.since, now), {
              time: formatTime(machine.since, locale),
              date: formatDate(machine.since, locale),
            })
          : say('detail.since', { time: momentText(machine.since, now, locale, say) })}
    </time>
  )
}

function crashedKey(since: string, now: number): 'detail.at' | 'detail.atYesterday' | 'detail.onDate' {
  const days = daysAgo(since, now)
  return days === 0 ? 'detail.at' : days === 1 ? 'detail.atYesterday' : 'detail.onDate'
}

function Item({ item, context }: { readonly item: HeaderItem; readonly context: PermitContext }): ReactNode {
  const say = useSay()
  const { machine } = context
  switch (item.kind) {
    case 'check':
      return (
        <Button
          kind={item.isPrimary ? 'primary' : 'normal'}
          icon="refresh"
          onClick={() => void checkMachine(machine.id)}
        >
          {say('verb.check')}
        </Button>
      )
    case 'ladder':
      return <StopLadderButton tasks={[item.task]} />
    case 'busy':
      return (
        <Button reason={say(`why.task.${item.task.verb}`)}>
          <StateMark name="busy" />
          {say(stateKey(shownState(machine, item.task), machine, item.task))}
        </Button>
      )
    case 'cancel':
      return <CancelButton task={item.task} />
    case 'verb': {
      const { verb, permission } = item
      const icon = verbIcons[verb]
      const reason = permission.kind === 'allowed' ? null : say(permission.reason)
      const props = {
        kind: item.isPrimary ? 'primary' : 'normal',
        reason,
        icon,
        onClick: () => doVerb(verb, machine.id),
      } as const
      if (verb === 'snapshot') return <TakePopover context={context} reason={reason} />
      if (item.hasStopMenu) {
        return (
          <SplitButton {...props} menuLabel={say('detail.moreWaysToStop')} entries={() => stopEntries(context, say)}>
            {say(verbKey(verb, machine))}
          </SplitButton>
        )
      }
      return (
        <Button {...props}>
          <span className="machine-verb-text">
            {say(verb === 'terminal' ? 'detail.terminal' : verbKey(verb, machine))}
          </span>
        </Button>
      )
    }
  }
}

function CancelButton({ task }: { readonly task: Task }): ReactNode {
  const say = useSay()
  return (
    <Button reason={canCancel(task) ? null : say('detail.cannotCancel')} onClick={() => void cancelTask(task.id)}>
      {say('verb.cancel')}
    </Button>
  )
}
