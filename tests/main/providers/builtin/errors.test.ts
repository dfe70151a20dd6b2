import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { type Failure, failure } from '../../../../app/domain/errors.ts'
import { fileFailure, troubleFailure } from '../../../../main/providers/builtin/errors.ts'

const folder = join(import.meta.dirname, '../../../fixtures/cli/v8')
const recordings = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.json'))

describe('what goes wrong with a built-in machine', () => {
  it.for(recordings)('is known for want of memory by what V8 said: %s', (name) => {
    const { stderr } = JSON.parse(readFileSync(join(folder, name), 'utf8')) as { stderr: { data: string } }
    expect(troubleFailure({ code: 'failed', detail: stderr.data }).error).toMatchObject({
      code: 'invalid-input',
      message: { key: 'builtin.error.memory' },
    })
  })

  it('has recordings of both of V8’s sentences', () => {
    expect(recordings.map((name) => name.replace(/^.*\//, '')).sort()).toEqual([
      'array-buffer.json',
      'wasm-memory.json',
    ])
  })

  it('is told apart by the thread, and anything else is in its own words', () => {
    expect(troubleFailure({ code: 'no-space', detail: '' }).error.code).toBe('no-space')
    expect(troubleFailure({ code: 'damaged', detail: '' }).error.code).toBe('output-unreadable')
    expect(troubleFailure({ code: 'file', detail: 'x' }).error).toMatchObject({ code: 'tool-failed', detail: 'x' })
    expect(troubleFailure({ code: 'failed', detail: 'x' }).error).toMatchObject({ code: 'tool-failed', detail: 'x' })
  })

  it('leaves to the program what the system says of a file, but for a full disk', () => {
    const full = Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' })
    expect((fileFailure(full) as Failure).error).toMatchObject({ code: 'no-space', detail: full.message })
    const other = Object.assign(new Error('EACCES'), { code: 'EACCES' })
    expect(fileFailure(other)).toBe(other)
    const own = failure('busy', { key: 'error.bug' })
    expect(fileFailure(own)).toBe(own)
  })
})
