import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { RunResult } from '../../../../main/exec/command.ts'

const folders = { docker: 'docker/28.2.2', podman: 'podman/4.3.1' } as const

/** What the real tool said, as `npm run record` kept it. */
export function recording(tool: keyof typeof folders, name: string): RunResult {
  const path = join(import.meta.dirname, '../../../fixtures/cli', folders[tool], `${name}.json`)
  const { argv, exitCode, stdout, stderr } = JSON.parse(readFileSync(path, 'utf8'))
  return {
    command: { file: argv[0], args: argv.slice(1), timeoutMs: 1000 },
    reason: 'exit',
    exitCode,
    signal: null,
    stdout: stdout.data,
    stderr: stderr.data,
    durationMs: 1,
  }
}
