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

interface Known {
  /** What was made when this was learnt: of another form nothing is known yet. */
  readonly subject: string
  readonly left: ReadonlySet<string>
  readonly wasTried: boolean
  readonly refusals: number
  readonly refused: { readonly field: string | null; readonly error: AppError } | null
}

/** `subject`: which form it is. Another begins anew. */
export function useSubmission(subject: string, problems: Problems, say: SayFunction): Submission {
  const [isSending, setSending] = useState(false)
  const [known, setKnown] = useState<Known>(() => nothingOf(subject))
  const { left, wasTried, refusals, refused } = known.subject === subject ? known : nothingOf(subject)
  const learn = (change: (before: Known) => Partial<Known>): void =>
    setKnown((last) => {
      const before = last.subject === subject ? last : nothingOf(subject)
      return { ...before, ...change(before) }
    })
  const isShown = (field: string): boolean => wasTried || left.has(field)
  const shown = [...problems.keys()].filter(isShown)

  const submit = async (spec: CreateSpec | null): Promise<void> => {
    learn(() => ({ wasTried: true, refused: null }))
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
      learn((before) => ({
        refusals: before.refusals + 1,
        refused: { field: field === 'form' ? null : field, error },
      }))
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
      learn((before) => ({
        refused: before.refused?.field === field ? null : before.refused,
        left: before.left.has(field) ? before.left : new Set(before.left).add(field),
      }))
    },
    shownCount: shown.length + (refused?.field == null ? 0 : 1),
    hasProblemIn: (fields) => shown.some((field) => fields.test(field)) || fields.test(refused?.field ?? ''),
    isSending,
    refusals,
    failure: refused !== null && refused.field === null ? refused.error : null,
    clearFailure: () => learn(() => ({ refused: null })),
    submit,
  }
}

function nothingOf(subject: string): Known {
  return { subject, left: new Set(), wasTried: false, refusals: 0, refused: null }
}
