import type { MachineId } from '../../../app/domain/ids.ts'
import type { Verb } from '../../../app/domain/verbs.ts'
import { explainAt } from '../../components/explanation.ts'
import { localeIn, sayIn } from '../../say.tsx'
import { permissionOf } from '../../store/selectors.ts'
import { store } from '../../store/store.ts'

/**
 * Says why a key did nothing, where the person looks: at the machine's row, else at its page's name. Of several verbs it is the
 * last that counts: the one that would be done otherwise.
 */
export function explainRefusal(verbs: readonly Verb[], ids: readonly MachineId[]): void {
  const state = store.getState()
  const [id] = ids
  const verb = verbs.at(-1)
  if (id === undefined || verb === undefined) return
  const permission = permissionOf(verb, id)(state)
  if (permission.kind === 'allowed') return
  const places = [
    `[data-pane="list"] [data-row="${CSS.escape(id)}"]`,
    '.machine-header .machine-name',
    '.selection-bar',
  ]
  const place = places.flatMap((selector) => document.querySelector<HTMLElement>(selector) ?? []).find(isInView)
  explainAt(place ?? document.body, sayIn(localeIn(state))(permission.reason))
}

function isInView(element: HTMLElement): boolean {
  const { top, bottom } = element.getBoundingClientRect()
  return element.checkVisibility() && bottom > 0 && top < window.innerHeight
}
