import { type AppError, failure } from '../../../app/domain/errors.ts'
import type { StateProblems } from '../../state/problems.ts'

/** Says in the window which removed machines are missing from the trash because their records cannot be read. */
export function createUnreadRecords(problems: StateProblems | undefined): {
  /** `paths`: every record that cannot be read now. */
  report(paths: readonly string[]): void
} {
  let reported: readonly string[] = []
  return {
    report(paths) {
      for (const path of reported) if (!paths.includes(path)) problems?.report(path, null)
      for (const path of paths) {
        problems?.report(path, { level: 'warning', text: { key: 'kept.notice.trashRecord', params: { path } } })
      }
      reported = paths
    },
  }
}

/** Of a removed machine whose record is there and cannot be read: it is not gone. */
export function unreadRecord(path: string, cause: unknown): Error & { readonly error: AppError } {
  const detail = `${path}\n${String(cause)}`
  return failure('output-unreadable', { key: 'kept.error.trashRecord', params: { path } }, { detail, cause })
}
