import { type ReactNode, useEffect, useState } from 'react'
import type { PermitContext } from '../../../app/domain/permit.ts'
import { permit } from '../../../app/domain/permit.ts'
import { call } from '../../actions/call.ts'
import { Button } from '../../components/button.tsx'
import { useSay } from '../../say.tsx'
import { useAnswer } from './use-answer.ts'
import { doVerb } from './verbs.ts'

const refreshMs = 5_000

/** What the machine said last: its log or its serial console, every few seconds while it runs and the window is looked at. */
export function Preview({ context }: { readonly context: PermitContext }): ReactNode {
  const say = useSay()
  const { machine, provider } = context
  const isLive = machine.state === 'running'
  const hasConsoles = provider.capabilities.includes('consoles')
  const tick = useTick(isLive && hasConsoles)
  const output = useAnswer(machine.id, `${machine.state} ${tick}`, () =>
    hasConsoles ? call('machine.output', { id: machine.id }) : Promise.resolve(null),
  )
  const text = output.value?.trimEnd() ?? ''
  const permission = permit('console', context)
  return (
    <figure className="preview" aria-label={say('preview.label')}>
      {text === '' ? (
        <figcaption className="preview-empty">{say(emptyKey(context))}</figcaption>
      ) : (
        <pre className={`preview-text ${isLive ? '' : 'preview-past'}`}>{text}</pre>
      )}
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

function emptyKey({ machine }: PermitContext) {
  if (machine.state !== 'running') return 'preview.notRunning'
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
