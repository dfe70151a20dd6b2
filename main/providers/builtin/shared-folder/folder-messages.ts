import type { SharedFolder } from './session.ts'

/** Sent to the thread of a shared folder. A request of the guest is its bytes alone; each is answered by bytes, in their order. */
export type ToFolder =
  | Uint8Array
  /** What the guest finds from now on; null is nothing. Its handles go on being valid. */
  | { readonly kind: 'share'; readonly folder: SharedFolder | null }
  /** The guest was reset: it has no handles any more. */
  | { readonly kind: 'reset' }
  /** Asks for what the handles stand for, after all that was sent before. */
  | { readonly kind: 'keep' }
  | { readonly kind: 'resume'; readonly session: Uint8Array }

export type FromFolder = Uint8Array | { readonly kind: 'kept'; readonly session: Uint8Array }
