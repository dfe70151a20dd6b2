import { z } from 'zod'
import { failure } from '../../../app/domain/errors.ts'
import { qmpFailure } from '../common/images/errors.ts'
import type { Op } from '../provider.ts'
import type { Qmp } from './qmp.ts'

const jobsSchema = z.array(z.object({ id: z.string(), status: z.string(), error: z.string().optional() }))

/** How a job that QEMU still remembers ended. */
export interface JobOutcome {
  readonly error: string | null
}

/**
 * Runs a job to its end and forgets it. The command's own return says only that it began: success is read from the job.
 * A job cannot be given up once begun, so nothing here listens to `op.signal`.
 */
export async function runJob(
  qmp: Qmp,
  command: string,
  jobId: string,
  args: Readonly<Record<string, unknown>>,
  op: Op,
): Promise<void> {
  const outcome = await beginJob(qmp, command, jobId, args, op)
  // Not waited for: ids are never used twice, and what comes next on the line comes after it.
  dismissJob(qmp, jobId).catch(() => {})
  if (outcome.error !== null) throw qmpFailure(outcome.error)
}

/** As `runJob`, but QEMU keeps remembering how it ended until `dismissJob`: a later Berth can read it. */
export async function beginJob(
  qmp: Qmp,
  command: string,
  jobId: string,
  args: Readonly<Record<string, unknown>>,
  op: Op,
): Promise<JobOutcome> {
  let stop = (): void => {}
  const concluded = new Promise<void>((resolve) => {
    stop = qmp.on(({ name, data }) => {
      if (name === 'JOB_STATUS_CHANGE' && data['id'] === jobId && data['status'] === 'concluded') resolve()
    })
  })
  try {
    await qmp.execute(command, { 'job-id': jobId, ...args }, { timeoutMs: null, op })
    await Promise.race([concluded, qmp.closed])
    const outcome = await outcomeOfJob(qmp, jobId)
    if (outcome === null) throw failure('output-unreadable', { key: 'error.unreadable', params: { tool: 'QEMU' } })
    return outcome
  } finally {
    stop()
  }
}

/** How a job ended; null when QEMU does not know it (never begun, or dismissed). Waits for one that is still under way. */
export async function outcomeOfJob(qmp: Qmp, jobId: string): Promise<JobOutcome | null> {
  let changed = (): void => {}
  const stop = qmp.on(({ name }) => {
    if (name === 'JOB_STATUS_CHANGE') changed()
  })
  try {
    for (;;) {
      const next = new Promise<void>((resolve) => {
        changed = resolve
      })
      const jobs = jobsSchema.parse(await qmp.execute('query-jobs', undefined, { timeoutMs: null }))
      const job = jobs.find(({ id }) => id === jobId)
      if (job === undefined) return null
      if (job.status === 'concluded') return { error: job.error ?? null }
      await Promise.race([next, qmp.closed])
    }
  } finally {
    stop()
  }
}

export async function dismissJob(qmp: Qmp, jobId: string): Promise<void> {
  await qmp.execute('job-dismiss', { id: jobId })
}
