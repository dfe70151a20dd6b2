import { randomBytes } from 'node:crypto'
import { basename, dirname, join, posix } from 'node:path'
import { errorOf, failure } from '../../../app/domain/errors.ts'
import { putUnder, remove } from '../common/files.ts'
import { throwIfCancelled } from '../common/op.ts'
import type { FileOps, Op } from '../provider.ts'
import * as commands from './commands.ts'
import { engineFailure } from './errors.ts'
import { type DockerWorld, type Target, targetOf } from './world.ts'

/** A day: a volume's worth of files, from an engine that may be far away. */
const copyMs = 24 * 60 * 60_000
const lookMs = 60_000
/** An archive's first block: enough to know that something is there. */
const enoughBytes = 512

/** Files in and out of containers, running or not, as `docker cp` copies them: folders whole, links followed where they are named. */
export function createFiles(world: DockerWorld): FileOps {
  return {
    folders: true,
    async send(id, { path, folder }, op) {
      const target = targetOf(world, id)
      const name = basename(path)
      refusePattern(target, path)
      refusePattern(target, folder)
      if (await isThere(world, target, posix.join(folder, name), op)) {
        throw failure('already-exists', { key: 'files.takenInside', params: { name } }, { field: 'folder' })
      }
      // With its slash it is a folder that must be there, never a new name for what is copied.
      const into = `${target.containerId}:${posix.join(folder, '/')}`
      await target.run(commands.copy(target.engine.flavour, path, into), op, {
        timeoutMs: copyMs,
        known: { path: folder },
      })
      if (!(await isThere(world, target, posix.join(folder, name), op))) {
        throw failure('tool-failed', { key: 'files.notCopied', params: { name } })
      }
    },
    async fetch(id, { inside, path }, op) {
      const target = targetOf(world, id)
      refusePattern(target, inside)
      const draft = join(dirname(path), `.berth-${randomBytes(6).toString('hex')}`)
      try {
        await target.run(commands.copy(target.engine.flavour, `${target.containerId}:${inside}`, draft), op, {
          timeoutMs: copyMs,
          known: { path: inside },
        })
        throwIfCancelled(op)
        await putUnder(draft, path)
      } catch (thrown) {
        throw fullHere(thrown, draft)
      } finally {
        await remove(draft)
      }
    },
  }
}

/** A disk that is full where the copy goes to is this computer's, not the engine's own. */
function fullHere(thrown: unknown, draft: string): unknown {
  const { code, detail } = errorOf(thrown)
  // By its name alone: a home's path is masked there.
  if (code !== 'no-space' || !detail?.includes(`${basename(draft)}: no space left`)) return thrown
  return failure('no-space', { key: 'error.noSpace' }, { hint: { key: 'error.noSpace.hint' }, detail, cause: thrown })
}

/** Podman takes a path for a pattern, and there is no way to quote one for it. */
function refusePattern({ engine }: Target, path: string): void {
  if (engine.flavour !== 'podman' || !/[*?[\\]/.test(path)) return
  throw failure(
    'unsupported',
    { key: 'docker.error.podmanPattern', params: { path } },
    { hint: { key: 'docker.error.podmanPattern.hint' } },
  )
}

/** Whether a container has something at a path. Only the first bytes of it are fetched. */
async function isThere({ host }: DockerWorld, { engine, containerId }: Target, path: string, op: Op): Promise<boolean> {
  const args = [...engine.prefix, ...commands.copy(engine.flavour, `${containerId}:${path}`, '-')]
  const result = await host.exec.run(
    // Looking leaves no line among the commands: that it was ended early would read as a failure.
    { file: engine.file, args, timeoutMs: lookMs, maxOutputBytes: enoughBytes, graceMs: 500 },
    { signal: op.signal, record: () => {} },
  )
  throwIfCancelled(op)
  if (result.reason === 'flood' || (result.reason === 'exit' && result.exitCode === 0)) return true
  const problem = engineFailure(result, engine.product, { path })
  if (problem.error.code === 'not-found' && problem.error.message.key === 'docker.error.noPath') return false
  throw problem
}
