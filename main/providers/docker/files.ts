import { randomBytes } from 'node:crypto'
import { basename, dirname, join, posix } from 'node:path'
import { errorOf, failure, isCancelled } from '../../../app/domain/errors.ts'
import type { Text } from '../../../app/messages/text.ts'
import { putUnder, remove } from '../common/files.ts'
import { sayHowMuch, whileGrowing } from '../common/growing.ts'
import { throwIfCancelled } from '../common/op.ts'
import type { FileOps, Op } from '../provider.ts'
import * as commands from './commands.ts'
import { engineFailure } from './errors.ts'
import { type ProviderContext, type Target, targetOf } from './provider-context.ts'

/** A day: a volume's worth of files, from an engine that may be far away. */
const copyMs = 24 * 60 * 60_000
const lookMs = 60_000
/** An archive's first block: enough to know that something is there. */
const enoughBytes = 512

/** Files in and out of containers, running or not, as `docker cp` copies them: folders whole, links followed where they are named. */
export function createFiles(context: ProviderContext): FileOps {
  return {
    folders: true,
    async send(id, { path, folder }, op) {
      const target = targetOf(context, id)
      const name = basename(path)
      refusePattern(target, path)
      refusePattern(target, folder)
      const inside = posix.join(folder, name)
      if (await isThere(context, target, inside, op)) {
        throw failure('already-exists', { key: 'files.takenInside', params: { name } }, { field: 'folder' })
      }
      // With its slash it is a folder that must be there, never a new name for what is copied.
      const into = `${target.containerId}:${posix.join(folder, '/')}`
      await sayHowMuch(path, op)
      await target
        .run(commands.copy(target.engine.flavour, path, into), op, { timeoutMs: copyMs, known: { path: folder } })
        .catch(async (thrown: unknown) => {
          throw await withoutPart(context, target, inside, thrown)
        })
      if (!(await isThere(context, target, inside, op))) {
        throw failure('tool-failed', { key: 'files.notCopied', params: { name } })
      }
    },
    async fetch(id, { inside, path }, op) {
      const target = targetOf(context, id)
      refusePattern(target, inside)
      const draft = join(dirname(path), `.berth-${randomBytes(6).toString('hex')}`)
      try {
        const args = commands.copy(target.engine.flavour, `${target.containerId}:${inside}`, draft)
        await whileGrowing(draft, op, () => target.run(args, op, { timeoutMs: copyMs, known: { path: inside } }))
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

/**
 * Takes away what a copy left that was called off or failed: there was nothing under its name before. A container that does not
 * run, or has no `rm`, keeps it, and the failure says so.
 */
async function withoutPart(
  context: ProviderContext,
  target: Target,
  inside: string,
  thrown: unknown,
): Promise<unknown> {
  // The task's own may be over, and what is tidied up is no command of the person's.
  const tidying: Op = { signal: AbortSignal.timeout(lookMs), progress() {}, record() {} }
  const isLeft = (): Promise<boolean> => isThere(context, target, inside, tidying)
  try {
    if (!(await isLeft())) return thrown
    for (const program of [['rm'], ['busybox', 'rm']]) {
      await target.run(commands.removeInside(target.containerId, program, inside), tidying).catch(() => {})
      if (!(await isLeft())) return thrown
    }
  } catch {
    // Whether something was left is not known: what went wrong first says more.
    return thrown
  }
  const left: Text = { key: 'files.partLeft', params: { path: inside } }
  // Nobody is told more of a cancelled task than that it was.
  if (isCancelled(thrown)) return failure('tool-failed', left, { cause: thrown })
  const { code, message, detail } = errorOf(thrown)
  return failure(code, message, { hint: left, detail, cause: thrown })
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
async function isThere(
  { host }: ProviderContext,
  { engine, containerId }: Target,
  path: string,
  op: Op,
): Promise<boolean> {
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
