import { statSync } from 'node:fs'
import { noticeOf, type Reading } from '../../state/read-state.ts'
import type { Host } from '../provider.ts'
import { look } from './files.ts'

/** What a machine's definition says, as far as it can be read. */
export interface ReadDefinition<D> {
  /** null when something is missing that nothing can stand for. */
  readonly definition: D | null
  /** null when not even that can be read. */
  readonly name: string | null
}

export type DefinitionReading<D> = Reading<ReadDefinition<D>>

/** The definition; null when there is no such file. Throws when it cannot be read, or not as far as is needed. */
export function definitionIn<D>(reading: DefinitionReading<D>): D | null {
  const problem = problemOf(reading)
  if (problem !== null && reading.kind !== 'absent') throw new Error(problem)
  return 'value' in reading ? reading.value.definition : null
}

/** Why there is no definition to go by; null when there is. */
export function problemOf(reading: DefinitionReading<unknown>): string | null {
  switch (reading.kind) {
    case 'absent':
      return 'machine.json is missing'
    case 'read':
      return null
    case 'salvaged':
      return reading.value.definition === null ? reading.unfit.join('\n') : null
    case 'unreadable':
    case 'newer':
      return `${reading.kind} ${reading.trouble}`
  }
}

/** Says in the window what is wrong with a file; nothing once all is well with it. */
export function reportReading(
  { problems, log }: Pick<Host, 'log'> & { readonly problems?: Host['problems'] | undefined },
  path: string,
  reading: Reading<unknown>,
): void {
  problems?.report(path, noticeOf(path, reading))
  if (reading.kind === 'salvaged') log.warn('state.damaged', { path, aside: reading.aside, unfit: reading.unfit })
  if (reading.kind === 'unreadable' || reading.kind === 'newer') {
    log.error(`state.${reading.kind}`, { path, trouble: reading.trouble })
  }
}

/** What changes with a file; null when it cannot be looked at. */
export async function stampOf(path: string): Promise<string | null> {
  const about = await look(path).catch(() => null)
  return about === null ? null : `${about.mtimeMs}:${about.size}:${about.ino}`
}

/** When a file was last written, where what stands in it does not tell. */
export function writtenAt(path: string): string {
  try {
    return statSync(path).mtime.toISOString()
  } catch {
    return new Date(0).toISOString()
  }
}
