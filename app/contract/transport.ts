import { z } from 'zod'
import type { AppError } from '../domain/errors.ts'

/** An answer as data: Electron and JSON both lose everything of an Error but its message. */
export type Envelope = { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly error: AppError }

/** What a client sends. `id` is the client's own counter, unique while its call or stream is open. */
export const clientFrameSchema = z.discriminatedUnion('t', [
  z.object({ t: z.literal('call'), id: z.number().int(), name: z.string().max(64), input: z.unknown().optional() }),
  z.object({ t: z.literal('open'), id: z.number().int(), name: z.string().max(64), input: z.unknown().optional() }),
  z.object({ t: z.literal('up'), id: z.number().int(), value: z.unknown() }),
  z.object({ t: z.literal('close'), id: z.number().int() }),
])
export type ClientFrame = z.infer<typeof clientFrameSchema>

/** What main sends. */
export type MainFrame =
  | { readonly t: 'reply'; readonly id: number; readonly reply: Envelope }
  | { readonly t: 'feed'; readonly name: string; readonly value: unknown }
  | { readonly t: 'down'; readonly id: number; readonly value: unknown }
  /** The stream is over; `error` says why when it was not asked for. */
  | { readonly t: 'closed'; readonly id: number; readonly error: AppError | null }

/**
 * One client's line, whatever carries it: a MessagePort or a WebSocket. Frames arrive in order, whole. A wire that is
 * closed stays closed; the client makes a new one.
 */
export interface Wire<Out, In> {
  send(frame: Out): void
  onFrame(listener: (frame: In) => void): void
  onClosed(listener: () => void): void
  close(): void
}

export type ClientWire = Wire<ClientFrame, MainFrame>
/** Main does not trust what arrives: it is parsed before use. */
export type MainWire = Wire<MainFrame, unknown>
