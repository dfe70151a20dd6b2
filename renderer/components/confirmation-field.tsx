import type { ReactNode } from 'react'
import { Say, useSay } from '../say.tsx'
import { Field } from './field.tsx'
import { TextInput } from './text-input.tsx'

/** Asks for `asked` to be typed before something goes for good. Enter confirms once it is. */
export function ConfirmationField({
  asked,
  isCount,
  typed,
  onChange,
  onConfirm,
}: {
  /** As `confirmationOf` gives it, or a count. */
  readonly asked: string
  readonly isCount: boolean
  readonly typed: string
  readonly onChange: (typed: string) => void
  readonly onConfirm: () => void
}): ReactNode {
  const say = useSay()
  const sentence = isCount ? 'remove.typeCount' : 'remove.type'
  const params = { text: asked }
  return (
    <Field label={null} hint={<Say text={sentence} params={params} strong={['text']} />}>
      {(control) => (
        <TextInput
          {...control}
          dir="auto"
          aria-label={say(sentence, params)}
          placeholder={asked}
          value={typed}
          onChange={(event) => onChange(event.currentTarget.value)}
          onKeyDown={(event) => {
            if (event.key === 'Enter' && !event.nativeEvent.isComposing) onConfirm()
          }}
        />
      )}
    </Field>
  )
}
