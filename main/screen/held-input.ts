import type { PointerInput, ScreenTakes } from '../../app/domain/screen.ts'
import type { ScreenSource } from './source.ts'

/** What a person does to a screen. */
export type PersonInput =
  | { readonly kind: 'key'; readonly code: string; readonly isDown: boolean }
  | { readonly kind: 'type'; readonly text: string }
  | { readonly kind: 'pointer'; readonly input: PointerInput }

/** Keys and buttons that one viewer holds down; released when it leaves, unless another viewer holds them too. */
export interface HeldInput {
  readonly holds: (code: string) => boolean
  give(input: PersonInput, source: ScreenSource, takes: ScreenTakes, everyone: readonly HeldInput[]): void
  /** Releases everything held, in the guest; `others` without this viewer. */
  release(source: ScreenSource, others: readonly HeldInput[]): void
  /** The screen is gone, and with it whatever was held. */
  forget(): void
}

export function createHeldInput(): HeldInput {
  const held = new Set<string>()
  let pointer: PointerInput | null = null

  const heldInput: HeldInput = {
    holds: (code) => held.has(code),
    give(given, source, takes, everyone) {
      if (given.kind === 'type') {
        if (takes.text) source.type(given.text)
      } else if (given.kind === 'pointer') {
        if (takes.pointer !== (given.input.kind === 'at' ? 'absolute' : 'relative')) return
        pointer = given.input
        source.pointer(given.input)
      } else if (given.isDown) {
        if (!takes.keyboard) return
        held.add(given.code)
        source.key(given.code, true)
      } else if (held.delete(given.code) && !everyone.some((one) => one.holds(given.code))) {
        source.key(given.code, false)
      }
    },
    release(source, others) {
      for (const code of held) if (!others.some((one) => one.holds(code))) source.key(code, false)
      if (pointer !== null && pointer.buttons !== 0) source.pointer(resting(pointer))
      heldInput.forget()
    },
    forget() {
      held.clear()
      pointer = null
    },
  }
  return heldInput
}

function resting(pointer: PointerInput): PointerInput {
  const none = { buttons: 0, wheelX: 0, wheelY: 0 }
  return pointer.kind === 'at' ? { ...pointer, ...none } : { kind: 'by', dx: 0, dy: 0, ...none }
}
