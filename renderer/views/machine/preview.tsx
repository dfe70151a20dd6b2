import { type ReactNode, useEffect, useState } from 'react'
import { isOff } from '../../../app/domain/machine.ts'
import type { PermitContext } from '../../../app/domain/permit.ts'
import { permit } from '../../../app/domain/permit.ts'
import { call } from '../../actions/call.ts'
import { Button } from '../../components/button.tsx'
import { useSay } from '../../say.tsx'
import { ScreenThumbnail } from '../../screen/thumbnail.tsx'
import { useConsoleOptions } from '../terminals/use-console-options.ts'
import { useAnswer } from './use-answer.ts'
import { doVerb } from './verbs.ts'

const refreshMs = 5_000

/** The machine at a glance: its screen, where it has one, else what it said last. */
export function Preview({ context }: { readonly context: PermitContext }): ReactNode {
  const say = useSay()
  const { machine, provider } = context
  const permission = permit('console', context)
  return (
    <figure className="preview" aria-label={say('preview.label')}>
      {provider.capabilities.includes('screens') ? <Screen context={context} /> : <Words context={context} />}
      {permission.kind !== 'absent' && (
        <Button
          size="small"
          icon="screen"
          className="preview-open"
          reason={permission.kind === 'refused' ? say(permission.reason) : null}
          onClick={() => doVerb('console', machine.id)}
        >
          {say('verb.console')}
        </Button>
      )}
    </figure>
  )
}

function Screen({ context }: { readonly context: PermitContext }): ReactNode {
  const { id, name } = context.machine
  const screen = useConsoleOptions(id)?.find((option) => option.kind === 'screen')
  if (screen === undefined) return <Words context={context} />
  return (
    <ScreenThumbnail key={id} machineId={id} consoleId={screen.id} name={name}>
      <Words context={context} />
    </ScreenThumbnail>
  )
}

/** What the machine said last: its log or its serial console, every few seconds while it runs and the window is looked at. */
function Words({ context }: { readonly context: PermitContext }): ReactNode {
  const say = useSay()
  const { machine, provider } = context
  const isLive = machine.state === 'running'
  const hasConsoles = provider.capabilities.includes('consoles')
  const tick = useTick(isLive && hasConsoles)
  const output = useAnswer(machine.id, `${machine.state} ${tick}`, () =>
    hasConsoles ? call('machine.output', { id: machine.id }) : Promise.resolve(null),
  )
  const text = output.value?.trimEnd() ?? ''
  return text === '' ? (
    <figcaption className="preview-empty">{say(emptyKey(context))}</figcaption>
  ) : (
    <pre className={`preview-text ${isLive ? '' : 'preview-past'}`}>{text}</pre>
  )
}

function emptyKey({ machine }: PermitContext) {
  if (isOff(machine.state)) return 'preview.notRunning'
  return machine.kind === 'container' ? 'preview.noLog' : 'preview.noSerial'
}

/** Counts up while wanted and the window is looked at: at rest nothing is asked. */
function useTick(isWanted: boolean): number {
  const [tick, setTick] = useState(0)
  useEffect(() => {
    if (!isWanted) return
    const timer = setInterval(() => {
      if (!document.hidden && document.hasFocus()) setTick((before) => before + 1)
    }, refreshMs)
    return () => clearInterval(timer)
  }, [isWanted])
  return tick
}
