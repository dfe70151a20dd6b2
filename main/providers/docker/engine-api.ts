import { request } from 'node:http'
import { failure } from '../../../app/domain/errors.ts'
import type { CommandRecord } from '../../../app/domain/task.ts'
import type { TextParams } from '../../../app/messages/text.ts'
import { maxTimerMs } from '../../../app/util/timers.ts'
import type { RunContext } from '../../exec/command.ts'
import { createLines } from '../../exec/lines.ts'
import { answerFailure } from './errors.ts'
import { fieldsOf, readJson, textOf } from './json.ts'

const keptCharacters = 4_000

export interface EngineRequest {
  readonly socketPath: string
  readonly path: string
  readonly timeoutMs: number
  /** What it is about, for the sentence of a refusal that does not say it. */
  readonly known: TextParams
}

/**
 * Posts to the engine's socket and reads its answer line by line until it ends. For the one thing that the client program does
 * not say without a terminal: the bytes of a pull. Throws with what the engine said when it refuses.
 */
export async function postStream(
  { socketPath, path, timeoutMs, known }: EngineRequest,
  context: RunContext,
  onLine: (line: string) => void,
): Promise<void> {
  const startedAt = new Date()
  const startedMs = performance.now()
  const signal = AbortSignal.any([context.signal, AbortSignal.timeout(Math.min(timeoutMs, maxTimerMs))])
  let last = ''
  const settle = (outcome: CommandRecord['outcome']): void =>
    context.record({
      kind: 'api',
      line: `POST ${path}`,
      startedAt: startedAt.toISOString(),
      durationMs: Math.round(performance.now() - startedMs),
      exitCode: null,
      outcome,
      output: last === '' ? null : last.slice(-keptCharacters),
    })
  try {
    await new Promise<void>((resolve, reject) => {
      const call = request({ socketPath, path, method: 'POST', headers: { host: 'docker' }, signal }, (response) => {
        const isRefused = (response.statusCode ?? 500) >= 400
        const lines = createLines((line) => {
          if (line.trim() === '') return
          last = line
          if (!isRefused) onLine(line)
        })
        response.on('data', (chunk: Buffer) => lines.push(chunk))
        response.on('error', reject)
        response.on('end', () => {
          lines.end()
          if (isRefused) reject(new Error(textOf(fieldsOf(readJson(last))['message']) || `HTTP ${response.statusCode}`))
          else resolve()
        })
      })
      call.on('error', reject)
      call.end()
    })
    settle('ok')
  } catch (thrown) {
    if (context.signal.aborted) {
      settle('cancelled')
      throw failure('cancelled', { key: 'error.cancelled' })
    }
    settle(signal.aborted ? 'timeout' : 'failed')
    if (signal.aborted) {
      throw failure(
        'timeout',
        { key: 'error.timeout', params: { tool: 'Docker', seconds: Math.round(timeoutMs / 1000) } },
        { hint: { key: 'error.timeout.hint' } },
      )
    }
    throw answerFailure(thrown instanceof Error ? thrown.message : String(thrown), 'Docker', known)
  }
}
