import { type AppError, errorOf, type Failure, failure } from '../../../app/domain/errors.ts'
import type { MachineId } from '../../../app/domain/ids.ts'
import type { Wait } from '../../../app/domain/task.ts'
import type { Op, PauseOps, PowerOps, RenameOps, RestartOps } from '../provider.ts'
import * as commands from './commands.ts'
import type { Container } from './inspect.ts'
import { stateOfContainer } from './machine.ts'
import { type ProviderContext, type Target, targetOf } from './provider-context.ts'

/** The engine's own grace where a container does not say another. */
const defaultGraceSeconds = 10
/** Beyond the grace: the engine takes a while to take a container down. */
const marginMs = 60_000
/** Stands for "for ever" where a container's grace has no end. */
const longestMs = 24 * 3_600_000

export function createPower(context: ProviderContext): PowerOps & RestartOps & PauseOps & RenameOps {
  const look = async (id: MachineId, op: Op): Promise<Container> => (await context.endpoints.inspect(id, op)).container

  /** Does one thing unless it is so already, and believes only a fresh look. */
  const reach = async (
    id: MachineId,
    op: Op,
    isThere: (container: Container) => boolean,
    act: (target: Target, container: Container) => Promise<unknown>,
  ): Promise<void> => {
    const before = await look(id, op)
    if (isThere(before)) return
    let problem: AppError | null = null
    try {
      await act(targetOf(context, id), before)
    } catch (thrown) {
      problem = errorOf(thrown)
      // Someone else may have been quicker: what counts is where it is now.
      if (problem.code !== 'wrong-state') throw thrown
    }
    const after = await look(id, op)
    if (!isThere(after)) throw notReached(after, problem)
  }

  return {
    async start(id, op) {
      const before = await look(id, op)
      if (before.word === 'running') return
      const target = targetOf(context, id)
      const isPaused = before.word === 'paused'
      await target.run((isPaused ? commands.unpause : commands.start)(target.containerId), op)
      const after = await look(id, op)
      // A command that is soon done is found ended, and has run all the same.
      if (after.startError !== '' || after.startedAt === null) throw notReached(after, null)
    },
    shutDown: (id, op) =>
      reach(id, op, isDown, (target, container) => stopWithGrace(target, container, context.host.now(), op)),
    powerOff: (id, op) =>
      reach(id, op, isDown, ({ containerId, run }, { pid }) =>
        // One that waits to be restarted has no process to kill; stopping it ends its restarts.
        run(pid === 0 ? commands.stop(containerId, 0) : commands.kill(containerId), op),
      ),
    async restart(id, op) {
      const container = await look(id, op)
      const target = targetOf(context, id)
      op.progress({ text: null, fraction: null, wait: waitFor(container, context.host.now()) })
      await target.run(commands.restart(target.containerId), op, { timeoutMs: stopTimeoutMs(container) })
      await look(id, op)
    },
    pause: (id, op) =>
      reach(
        id,
        op,
        (container) => container.word === 'paused',
        (target) => target.run(commands.pause(target.containerId), op),
      ),
    resume: (id, op) =>
      reach(
        id,
        op,
        (container) => container.word === 'running',
        (target) => target.run(commands.unpause(target.containerId), op),
      ),
    rename: (id, name, op) =>
      reach(
        id,
        op,
        (container) => container.name === name,
        (target) => target.run(commands.rename(target.containerId, name), op),
      ),
  }
}

export function isDown(container: Container): boolean {
  const state = stateOfContainer(container)
  return state === 'stopped' || state === 'crashed'
}

/** Asks the main process to end, and shows when the engine will end it. The engine goes on though nobody waits any more. */
export async function stopWithGrace(target: Target, container: Container, now: Date, op: Op): Promise<void> {
  op.progress({ text: null, fraction: null, wait: waitFor(container, now) })
  await target.run(commands.stop(target.containerId), op, { timeoutMs: stopTimeoutMs(container) })
}

function waitFor(container: Container, now: Date): Wait {
  const graceSeconds = container.stopTimeoutSeconds ?? defaultGraceSeconds
  return {
    since: now.toISOString(),
    limitMs: graceSeconds < 0 ? longestMs : graceSeconds * 1000,
    by: 'signal',
    unanswered: false,
    killsAtLimit: graceSeconds >= 0,
  }
}

function stopTimeoutMs(container: Container): number {
  const graceSeconds = container.stopTimeoutSeconds ?? defaultGraceSeconds
  return graceSeconds < 0 ? longestMs : Math.min(graceSeconds * 1000 + marginMs, longestMs)
}

function notReached(container: Container, problem: AppError | null): Failure {
  if (problem !== null) return failure(problem.code, problem.message, { hint: problem.hint, detail: problem.detail })
  return failure(
    'wrong-state',
    { key: 'docker.error.notReached', params: { state: container.word } },
    { detail: container.startError === '' ? null : container.startError },
  )
}
