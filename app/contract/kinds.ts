import type { z } from 'zod'

declare const carries: unique symbol

/** A question with one answer. `I` is what the client sends, already shaped; main parses it again. */
export interface Call<I, O> {
  readonly input: z.ZodType<I>
  readonly [carries]?: O
}

/** Something main says to every client by itself. */
export interface Feed<T> {
  readonly [carries]?: T
}

/** A two-way line: opened with an input, then frames up (parsed) and down until either side closes it. */
export interface Stream<I, Up, Down> {
  readonly input: z.ZodType<I>
  readonly up: z.ZodType<Up>
  readonly [carries]?: Down
}

export const call =
  <O>() =>
  <I>(input: z.ZodType<I>): Call<I, O> => ({ input })

export const feed = <T>(): Feed<T> => ({})

export const stream =
  <Down>() =>
  <I, Up>(input: z.ZodType<I>, up: z.ZodType<Up>): Stream<I, Up, Down> => ({ input, up })

export type InputOf<C> = C extends Call<infer I, unknown> ? I : C extends Stream<infer I, unknown, unknown> ? I : never
export type OutputOf<C> = C extends Call<never, infer O> ? O : C extends Call<infer _I, infer O> ? O : never
export type ValueOf<F> = F extends Feed<infer T> ? T : never
export type UpOf<S> = S extends Stream<infer _I, infer Up, infer _D> ? Up : never
export type DownOf<S> = S extends Stream<infer _I, infer _Up, infer Down> ? Down : never
