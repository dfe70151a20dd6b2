import { type KeyboardEvent, type ReactNode, useEffect, useState } from 'react'
import { type PermitContext, permit } from '../../../app/domain/permit.ts'
import { renameMachine } from '../../actions/machines.ts'
import { Name } from '../../components/name.tsx'
import { TextInput } from '../../components/text-input.tsx'
import { useSay } from '../../say.tsx'
import { setUi, useApp } from '../../store/store.ts'

/** A machine's name as its page's title; a double click or F2 makes it a field, where renaming is permitted. */
export function NameField({ context }: { readonly context: PermitContext }): ReactNode {
  const say = useSay()
  const { machine } = context
  const [typed, setTyped] = useState<string | null>(null)
  const permission = permit('rename', context)
  const isAllowed = permission.kind === 'allowed'
  const isAsked = useApp(({ ui }) => ui.request?.kind === 'rename' && ui.request.machineId === machine.id)
  useEffect(() => {
    if (!isAsked) return
    setUi({ request: null })
    if (isAllowed) setTyped(machine.name)
  }, [isAsked, isAllowed, machine.name])

  if (typed === null) {
    return (
      <h1
        className="machine-name"
        onDoubleClick={() => isAllowed && setTyped(machine.name)}
        data-tip={permission.kind === 'allowed' ? undefined : say(permission.reason)}
      >
        <Name name={machine.name} fallback={machine.id} />
      </h1>
    )
  }
  const take = (): void => {
    const name = typed.trim()
    setTyped(null)
    if (name !== '' && name !== machine.name) void renameMachine(machine.id, name)
  }
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.nativeEvent.isComposing) return
    if (event.key === 'Enter') take()
    else if (event.key === 'Escape') {
      event.stopPropagation()
      setTyped(null)
    }
  }
  return (
    <TextInput
      className="machine-name-field"
      aria-label={say('detail.name')}
      value={typed}
      maxLength={200}
      dir="auto"
      ref={(field) => field?.select()}
      onChange={(event) => setTyped(event.currentTarget.value)}
      onBlur={take}
      onKeyDown={onKeyDown}
    />
  )
}
