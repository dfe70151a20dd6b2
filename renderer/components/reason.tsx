import type { ReactNode } from 'react'

/**
 * The attributes of a control that cannot be used now: it stays focusable and says why, by hover, by keyboard and to a
 * screen reader. Without a reason there is nothing to add. `hint` is the tooltip of a control that can be used.
 */
export function reasonProps(
  reason: string | null | undefined,
  id: string,
  hint?: string | undefined,
): { 'aria-disabled'?: true; 'aria-describedby'?: string; 'data-tip'?: string } {
  if (reason === null || reason === undefined) return hint === undefined ? {} : { 'data-tip': hint }
  return { 'aria-disabled': true, 'aria-describedby': id, 'data-tip': reason }
}

/** The sentence that `aria-describedby` points at. */
export function Reason({ id, text }: { readonly id: string; readonly text: string | null | undefined }): ReactNode {
  if (text === null || text === undefined) return null
  return (
    <span id={id} hidden>
      {text}
    </span>
  )
}
