import { useState } from 'react'
import { type AppError, errorOf } from '../../../app/domain/errors.ts'
import type { CreateSpec } from '../../../app/domain/spec.ts'
import { runCreate } from '../../actions/create.ts'
import { closeDialog } from '../../actions/navigate.ts'
import { openWhenMade } from '../../actions/open-when-made.ts'
import type { SayFunction } from '../../say.tsx'
import { clearDraft } from './draft.ts'
import type { Problems } from './problems.ts'
import { fieldOf } from './vm-form.ts'

/** What the form knows of itself beyond its values: what was left, what was refused, whether it is on its way. */
export interface Submission {
  /** A field's problem, once the field was left or creating was tried. */
  readonly problemOf: (field: string) => string | null
  readonly leave: (field: string) => void
  /** Problems that are on screen now. */
  readonly shownCount: number
  readonly hasProblemIn: (fields: RegExp) => boolean
  readonly isSending: boolean
  /** How often main refused. */
  readonly refusals: number
  /** What main refused that is about no field. */
  readonly failure: AppError | null
  readonly clearFailure: () => void
  /** Makes it when there is a spec; else shows every problem and brings the first before the eye. */
  readonly submit: (spec: CreateSpec | null) => Promise<void>
}

export function useSubmission(problems: Problems, say: SayFunction): Submission {
  const [left, setLeft] = useState<ReadonlySet<string>>(new Set())
  const [wasTried, setTried] = useState(false)
  const [isSending, setSending] = useState(false)
  const [refusals, setRefusals] = useState(0)
  const [refused, setRefused] = useState<{ readonly field: string | null; readonly error: AppError } | null>(null)
  const isShown = (field: string): boolean => wasTried || left.has(field)
  const shown = [...problems.keys()].filter(isShown)

  const submit = async (spec: CreateSpec | null): Promise<void> => {
    setTried(true)
    setRefused(null)
    if (spec === null) {
      requestAnimationFrame(() => document.querySelector('.dialog .field-error')?.scrollIntoView({ block: 'center' }))
      return
    }
    setSending(true)
    try {
      const taskId = await runCreate(spec)
      clearDraft(spec.kind)
      closeDialog()
      openWhenMade(taskId, spec.kind === 'vm' && spec.startAfter ? 'console' : undefined)
    } catch (thrown) {
      const error = errorOf(thrown)
      const field = error.field === null ? null : fieldOf(error.field.replace(/^spec\./, ''))
      setRefusals((count) => count + 1)
      setRefused({ field: field === 'form' ? null : field, error })
    } finally {
      setSending(false)
    }
  }
  return {
    problemOf(field) {
      if (refused?.field === field) return say(refused.error.message)
      const problem = problems.get(field)
      return problem !== undefined && isShown(field) ? say(problem) : null
    },
    leave(field) {
      if (refused?.field === field) setRefused(null)
      setLeft((before) => (before.has(field) ? before : new Set(before).add(field)))
    },
    shownCount: shown.length + (refused?.field == null ? 0 : 1),
    hasProblemIn: (fields) => shown.some((field) => fields.test(field)) || fields.test(refused?.field ?? ''),
    isSending,
    refusals,
    failure: refused !== null && refused.field === null ? refused.error : null,
    clearFailure: () => setRefused(null),
    submit,
  }
}
