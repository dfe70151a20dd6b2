import { failure } from '../../../app/domain/errors.ts'
import type { MachineId } from '../../../app/domain/ids.ts'
import type { Op, PauseOps, PowerOps, ResetOps, RestartOps, SuspendOps } from '../provider.ts'
import {
  cancelled,
  drivePath,
  type ProviderContext,
  recordCommand,
  throwIfCancelled,
  whileBusy,
} from './provider-context.ts'

const answersAfterMs = 4_000
const vmLimitMs = 60_000
const containerLimitMs = 10_000

/** Power, pause and suspend of pretended machines, failures included. */
export function createPower(
  context: ProviderContext,
): PowerOps & { pauses: PauseOps; suspends: SuspendOps; resets: ResetOps; restarts: RestartOps } {
  const isContainer = (id: MachineId): boolean => context.of(id).machine.kind === 'container'
  const stateOf = (id: MachineId) => context.of(id).machine.state

  function needs(id: MachineId, ...states: readonly string[]): void {
    if (states.includes(stateOf(id))) return
    throw failure('wrong-state', { key: 'mock.error.notRunning' }, { detail: context.of(id).machine.nativeState })
  }

  async function start(id: MachineId, op: Op): Promise<void> {
    const mock = context.of(id)
    throwIfCancelled(op)
    if (mock.machine.state === 'running') return
    await whileBusy(context, id, 'starting', async () => {
      await context.work(isContainer(id) ? 600 : 2_500, op, null)
      if (mock.quirks.includes('drive-gone')) throw driveGone(context, op, mock.machine.name)
    })
    context.setState(id, 'running', mock.machine.arch === 'riscv64' ? { key: 'mock.remark.emulated' } : null)
    recordCommand(context, op, isContainer(id) ? `docker start -- ${id}` : `qemu-system-x86_64 -name ${id}`, null, 0)
  }

  /** Settles when the machine is off, whoever did it; the limit only changes what is said, or kills as Docker does. */
  async function shutDown(id: MachineId, op: Op): Promise<void> {
    const mock = context.of(id)
    throwIfCancelled(op)
    if (mock.machine.state === 'stopped') return
    const container = isContainer(id)
    const limitMs = (container ? containerLimitMs : vmLimitMs) / context.speed
    const since = context.now()
    const wasPaused = mock.machine.state === 'paused' && !container
    const say = (unanswered: boolean): void =>
      op.progress({
        text: wasPaused ? { key: 'stop.resumedFirst' } : null,
        fraction: null,
        wait: { since, limitMs, by: container ? 'signal' : 'acpi', unanswered, killsAtLimit: container },
      })
    const before = mock.machine
    context.setState(id, 'stopping')
    say(false)
    const off = (): void => context.setState(id, 'stopped', container ? exitRemark(0) : null)
    await new Promise<void>((resolve, reject) => {
      const timers: NodeJS.Timeout[] = []
      const end = (settle: () => void): void => {
        for (const timer of timers) clearTimeout(timer)
        forget()
        op.signal.removeEventListener('abort', abort)
        settle()
      }
      const abort = (): void =>
        end(() => {
          const { state, nativeState, since, remark } = before
          const now = context.machines.get(id)
          if (now?.machine.state === 'stopping') {
            context.change(id, { machine: { ...now.machine, state, nativeState, since, remark } })
          }
          reject(cancelled())
        })
      const forget = context.watch((change) => {
        if (change.kind === 'removed' && change.id === id) end(resolve)
        if (change.kind === 'upsert' && change.machine.id === id && change.machine.state !== 'stopping') end(resolve)
      })
      op.signal.addEventListener('abort', abort, { once: true })
      if (!mock.quirks.includes('deaf')) timers.push(setTimeout(off, answersAfterMs / context.speed))
      timers.push(setTimeout(() => (container ? off() : say(true)), limitMs))
    })
    recordCommand(context, op, container ? `docker stop -- ${id}` : '{"execute":"system_powerdown"}', null, 0)
  }

  async function powerOff(id: MachineId, op: Op): Promise<void> {
    context.of(id)
    await context.wait(250, op)
    if (stateOf(id) === 'stopped') return
    context.setState(id, 'stopped', isContainer(id) ? exitRemark(137) : null)
    recordCommand(context, op, isContainer(id) ? `docker kill -- ${id}` : '{"execute":"quit"}', null, 0)
  }

  return {
    start,
    shutDown,
    powerOff,
    resets: {
      async reset(id, op) {
        needs(id, 'running', 'paused', 'crashed', 'unknown')
        await context.wait(300, op)
        context.setState(id, 'running')
      },
    },
    restarts: {
      async restart(id, op) {
        needs(id, 'running', 'paused', 'unknown')
        await whileBusy(context, id, 'stopping', () => context.wait(1_500, op))
        await whileBusy(context, id, 'starting', () => context.wait(800, op))
        context.setState(id, 'running')
      },
    },
    pauses: {
      async pause(id, op) {
        throwIfCancelled(op)
        if (stateOf(id) === 'paused') return
        needs(id, 'running', 'unknown')
        await context.wait(200, op)
        context.setState(id, 'paused')
      },
      async resume(id, op) {
        throwIfCancelled(op)
        if (stateOf(id) === 'running') return
        needs(id, 'paused', 'unknown')
        await context.wait(200, op)
        context.setState(id, 'running')
      },
    },
    suspends: {
      async suspend(id, op) {
        throwIfCancelled(op)
        if (stateOf(id) === 'suspended') return
        needs(id, 'running', 'paused')
        await whileBusy(context, id, 'suspending', () => context.work(5_000, op, 'mock.step.memory'))
        context.setState(id, 'suspended')
      },
      async discard(id, op) {
        throwIfCancelled(op)
        if (stateOf(id) === 'stopped') return
        needs(id, 'suspended')
        await context.wait(300, op)
        context.setState(id, 'stopped')
      },
    },
  }
}

function exitRemark(code: number) {
  return { key: 'mock.remark.exit', params: { code } } as const
}

function driveGone(context: ProviderContext, op: Op, name: string) {
  const output = `Could not open '${drivePath(name)}': No such file or directory`
  const line = `qemu-system-x86_64 -name guest=${name} -blockdev file,filename=${drivePath(name)}`
  recordCommand(context, op, line, output, 1)
  return failure(
    'not-found',
    { key: 'mock.error.drive' },
    { hint: { key: 'mock.error.drive.hint' }, detail: `$ ${line}\n${output}\nexit code 1, after 1.8 s` },
  )
}
