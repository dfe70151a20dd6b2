import { createEmitter } from '../../app/util/emitter.ts'

/** A sentence that answers a key or a drop that did nothing, and what it is about. */
export interface Explanation {
  readonly at: HTMLElement
  readonly text: string
}

const explanations = createEmitter<Explanation>()

/** Hears explanations as they are given; the tooltip layer shows them. */
export const onExplanation = explanations.on

/** Says, at an element, why what was asked for was not done. */
export function explainAt(at: HTMLElement, text: string): void {
  explanations.emit({ at, text })
}
