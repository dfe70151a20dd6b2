import { type KeyboardEvent, type ReactNode, useState } from 'react'
import type { ConsoleOption } from '../../../app/domain/console.ts'
import type { MachineId } from '../../../app/domain/ids.ts'
import { attempt } from '../../actions/call.ts'
import { openSession } from '../../actions/consoles.ts'
import { placeOf } from '../../actions/machines.ts'
import { Button } from '../../components/button.tsx'
import { Field } from '../../components/field.tsx'
import { TextInput } from '../../components/text-input.tsx'
import { Say, useSay } from '../../say.tsx'

/** Before a shell is opened: as whom and where. Before attaching: what that means. */
export function ConsoleStart({
  machineId,
  name,
  option,
  onOpened,
  onCancel,
}: {
  readonly machineId: MachineId
  readonly name: string
  readonly option: ConsoleOption
  readonly onOpened: () => void
  readonly onCancel: (() => void) | null
}): ReactNode {
  const say = useSay()
  const [user, setUser] = useState('')
  const [folder, setFolder] = useState('')
  const [isOpening, setOpening] = useState(false)
  const isShell = option.kind === 'shell'

  const open = async (): Promise<void> => {
    setOpening(true)
    const choice = { user: textOrNull(user), folder: textOrNull(folder) }
    const sessionId = await attempt(placeOf(machineId), () => openSession(machineId, option.id, choice))
    setOpening(false)
    if (sessionId !== null) onOpened()
  }
  return (
    <form
      className="console-start"
      onSubmit={(event) => {
        event.preventDefault()
        void open()
      }}
    >
      <p className="console-start-title">
        <Say text={isShell ? 'console.shell.title' : 'console.attach.title'} params={{ name }} />
      </p>
      {isShell ? (
        <div className="console-start-fields">
          <Field label={say('console.shell.user')}>
            {(control) => (
              <TextInput
                {...control}
                className="mono"
                value={user}
                placeholder={say('console.shell.userHint')}
                onChange={(event) => setUser(event.target.value)}
                onKeyDown={submitOnEnter}
              />
            )}
          </Field>
          <Field label={say('console.shell.folder')}>
            {(control) => (
              <TextInput
                {...control}
                className="mono"
                value={folder}
                placeholder={say('console.shell.folderHint')}
                onChange={(event) => setFolder(event.target.value)}
                onKeyDown={submitOnEnter}
              />
            )}
          </Field>
        </div>
      ) : (
        <p className="quiet-text">{say('console.attach.text')}</p>
      )}
      <div className="console-start-actions">
        <Button
          kind="primary"
          icon="terminal"
          reason={isOpening ? say('terminal.opening') : null}
          onClick={() => void open()}
        >
          {say(isShell ? 'console.shell.open' : 'console.attach.open')}
        </Button>
        {onCancel !== null && <Button onClick={onCancel}>{say('verb.cancel')}</Button>}
      </div>
    </form>
  )
}

/** A form without a submit button of the browser's own is not sent by Enter from one of two fields. */
function submitOnEnter(event: KeyboardEvent<HTMLInputElement>): void {
  if (event.key !== 'Enter' || event.nativeEvent.isComposing) return
  event.preventDefault()
  event.currentTarget.form?.requestSubmit()
}

function textOrNull(text: string): string | null {
  return text.trim() === '' ? null : text.trim()
}
