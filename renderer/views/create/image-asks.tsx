import type { ReactNode } from 'react'
import type { DiskFormat, ImageInspection } from '../../../app/domain/spec.ts'
import { inspectImage } from '../../actions/create.ts'
import { Checkbox } from '../../components/checkbox.tsx'
import { useSay } from '../../say.tsx'
import { useAnswer } from '../machine/use-answer.ts'
import { FormRow } from './form-row.tsx'
import type { VmForm } from './vm-form.ts'

/** What speaks against the chosen image, and a box for each file that it may only open with the person's yes. */
export function ImageAsks({
  form,
  format,
  refusals,
  onChange,
}: {
  readonly form: Pick<VmForm, 'imagePath' | 'imageUse' | 'allowedFiles'>
  /** As it will be opened; null where neither the person nor its name says. */
  readonly format: DiskFormat | null
  /** How often creating was refused: a file may be another by then, and is asked about again. */
  readonly refusals: number
  readonly onChange: (change: Partial<VmForm>) => void
}): ReactNode {
  const say = useSay()
  const { imagePath, imageUse, allowedFiles } = form
  const subject = `${imageUse} ${format ?? ''} ${imagePath}`
  const { value, error } = useAnswer<ImageInspection>(subject, `${subject} ${refusals}`, async () =>
    imagePath === '' ? { problem: null, asks: [] } : inspectImage(imagePath, format, imageUse),
  )
  const problem = error ?? value?.problem ?? null
  const asks = problem === null ? (value?.asks ?? []) : []
  if (problem === null && asks.length === 0) return null
  const why = problem === null ? [] : [problem.message, ...(problem.hint === null ? [] : [problem.hint])]
  return (
    <FormRow
      label={say(problem === null ? 'image.ask' : 'create.image')}
      isGroup
      error={problem === null ? null : why.map((text) => say(text)).join(' ')}
    >
      {() =>
        asks.map(({ path, identity, message }) => {
          const others = allowedFiles.filter((file) => file.path !== path)
          return (
            <Checkbox
              key={path}
              label={say(message)}
              isChecked={allowedFiles.some((file) => file.path === path && file.identity === identity)}
              onChange={(isChecked) => onChange({ allowedFiles: isChecked ? [...others, { path, identity }] : others })}
            />
          )
        })
      }
    </FormRow>
  )
}
