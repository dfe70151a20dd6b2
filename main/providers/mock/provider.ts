import type { MachineId } from '../../../app/domain/ids.ts'
import type { Verb } from '../../../app/domain/verbs.ts'
import type { Text } from '../../../app/messages/text.ts'
import type { Provider, ProviderFactory } from '../provider.ts'
import { endpointsOf, isAway, nextTurnMs, unreachable } from './endpoints.ts'
import { createConfigure, createConsoles, createDetails, createStats } from './facts.ts'
import { createGuests } from './guest.ts'
import { createInside } from './inside.ts'
import { createLocate } from './locate.ts'
import { createKeeping, createMaking } from './make.ts'
import { createPower } from './power.ts'
import { createContext } from './provider-context.ts'
import { createPretendedScreens } from './screens.ts'
import { seedMachines } from './seed.ts'
import { createSnapshots } from './snapshots.ts'

export interface MockOptions {
  /** How many machines both providers have together; at least those with a story of their own. */
  readonly machines: number
  /** 10 makes every delay ten times shorter. */
  readonly speed: number
  /** Whether things happen by themselves: an endpoint going away, a machine stopping. */
  readonly alive: boolean
}

/** From `BERTH_MOCK_MACHINES` and `BERTH_MOCK_SPEED`. */
export function mockOptions(env: Readonly<Record<string, string | undefined>>): MockOptions {
  const number = (text: string | undefined, otherwise: number): number => {
    const value = Number(text)
    return Number.isFinite(value) && value > 0 ? value : otherwise
  }
  return {
    machines: number(env['BERTH_MOCK_MACHINES'], 0),
    speed: number(env['BERTH_MOCK_SPEED'], 1),
    alive: env['BERTH_MOCK_STILL'] !== '1',
  }
}

const restlessMs = 20_000

const kinds = {
  vm: { id: 'mockvm', label: 'QEMU', unsupported: {} },
  container: {
    id: 'mockcontainer',
    label: 'Docker',
    unsupported: {
      suspend: { key: 'why.container' },
      discardSuspended: { key: 'why.container' },
      reset: { key: 'mock.never.reset' },
      clone: { key: 'mock.never.clone' },
      runCommand: { key: 'docker.why.runCommand' },
    },
  },
} as const satisfies Record<
  string,
  { readonly id: string; readonly label: string; readonly unsupported: Readonly<Partial<Record<Verb, Text>>> }
>

/** Pretended machines of one kind, in memory: every state, delay and failure the window has to show, on a bare laptop. */
export function createMockProvider(kind: 'vm' | 'container', options: MockOptions): ProviderFactory {
  return (host) => {
    const { id: providerId, label, unsupported } = kinds[kind]
    const context = createContext(host, options.speed)
    const startedMs = host.now().getTime()
    let probes = 0
    for (const mock of seedMachines(kind, providerId, context, Math.ceil(options.machines / 2))) {
      context.machines.set(mock.machine.id, mock)
    }
    const guests = createGuests(context)
    const screens = createPretendedScreens(context)
    const closeConsoles = (machineId: MachineId): void => {
      guests.closeMachine(machineId)
      screens.closeMachine(machineId)
    }
    const away = (): boolean => options.alive && kind === 'vm' && isAway(context, startedMs)
    const forget = context.watch((change) => {
      if (change.kind === 'removed') closeConsoles(change.id)
      if (change.kind === 'upsert' && ['stopped', 'crashed', 'suspended'].includes(change.machine.state)) {
        closeConsoles(change.machine.id)
      }
    })
    const { pauses, suspends, resets, restarts, ...power } = createPower(context)
    const keeping = createKeeping(context)
    const { files, commands } = createInside(context)

    const common: Provider = {
      id: providerId,
      label,
      kind,
      unsupported,
      power,
      restart: restarts,
      pause: pauses,
      snapshots: createSnapshots(context),
      consoles: createConsoles(context, guests),
      create: createMaking(context),
      rename: keeping.renames,
      configure: createConfigure(context),
      remove: keeping.removes,
      stats: createStats(context),
      files,
      async probe(op) {
        probes += 1
        await context.wait(probes === 1 ? 500 : 120, op)
        return endpointsOf(providerId, kind, new Date(startedMs).toISOString(), away())
      },
      async list(endpointId, op) {
        const far = endpointId.endsWith(':build-box')
        await context.wait(far ? 900 : 150, op)
        if (far && away()) throw unreachable('build-box.local')
        return [...context.machines.values()].map((one) => one.machine).filter((one) => one.endpointId === endpointId)
      },
      async read(id, op) {
        await context.wait(60, op)
        return context.machines.get(id)?.machine ?? null
      },
      details: createDetails(context, label),
      watch(changed) {
        const stopListening = context.watch(changed)
        const stopLiving = options.alive ? live(changed) : () => {}
        return () => {
          stopListening()
          stopLiving()
        }
      },
      async recover() {},
      async dispose() {
        forget()
        screens.dispose()
        await guests.dispose()
      },
    }

    /** What happens without anyone asking. */
    function live(changed: Parameters<Provider['watch']>[0]): () => void {
      let turn: NodeJS.Timeout | null = null
      const scheduleTurn = (): void => {
        const inMs = kind === 'vm' ? nextTurnMs(context, startedMs) : null
        if (inMs === null) return
        turn = setTimeout(() => {
          changed({ kind: 'endpoints' })
          scheduleTurn()
        }, inMs + 1)
      }
      scheduleTurn()
      const restless = setInterval(() => {
        for (const { machine, quirks } of [...context.machines.values()]) {
          if (!quirks.includes('restless')) continue
          context.setState(machine.id, machine.state === 'running' ? 'stopped' : 'running')
        }
      }, restlessMs / context.speed)
      return () => {
        if (turn !== null) clearTimeout(turn)
        clearInterval(restless)
      }
    }

    const ofMachines = {
      screens,
      reset: resets,
      suspend: suspends,
      clone: keeping.clones,
      locate: createLocate(context),
      trash: keeping.bin,
      commands,
    }
    return kind === 'vm' ? { ...common, ...ofMachines } : common
  }
}
