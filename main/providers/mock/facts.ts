import type { ConsoleOption } from '../../../app/domain/console.ts'
import type { Fact } from '../../../app/domain/details.ts'
import { failure } from '../../../app/domain/errors.ts'
import type { MachineId } from '../../../app/domain/ids.ts'
import type { ConfigureField } from '../../../app/domain/spec.ts'
import { formatBytes, formatMemory, GB, GiB, MiB } from '../../../app/domain/units.ts'
import type { Text } from '../../../app/messages/text.ts'
import type { ConfigureOps, ConsoleOps, Provider, StatsOps } from '../provider.ts'
import { type Guests, logLines } from './guest.ts'
import { type ProviderContext, throwIfCancelled } from './provider-context.ts'
import { hasScreen } from './screens.ts'

type FactMore = Partial<Pick<Fact, 'mono' | 'copyable' | 'revealPath' | 'openUrl'>>

function fact(group: Fact['group'], label: Text['key'], value: Fact['value'], more: FactMore = {}): Fact {
  return { group, label: { key: label }, value, mono: false, copyable: false, revealPath: null, openUrl: null, ...more }
}

/** What a pretended machine's page shows. */
export function createDetails(context: ProviderContext, label: string): Provider['details'] {
  return async (id, op) => {
    await context.wait(100, op)
    const { machine, forwards, diskBytes } = context.of(id)
    const ssh = forwards.find((one) => one.guestPort === 22)
    const web = forwards.find((one) => one.guestPort === 80)
    const facts: Fact[] = machine.addresses.map((address) =>
      fact('connect', 'mock.fact.address', address, { mono: true, copyable: true }),
    )
    if (ssh !== undefined) {
      const line = `ssh -p ${ssh.hostPort} sena@127.0.0.1`
      facts.push(fact('connect', 'mock.fact.ssh', line, { mono: true, copyable: true }))
    }
    if (web !== undefined) {
      const openUrl = `http://127.0.0.1:${web.hostPort}/`
      facts.push(fact('connect', 'mock.fact.web', openUrl, { mono: true, copyable: true, openUrl }))
    }
    if (machine.cpus !== null) facts.push(fact('hardware', 'mock.fact.processor', String(machine.cpus)))
    if (machine.memoryBytes !== null) {
      facts.push(fact('hardware', 'mock.fact.memory', formatMemory(machine.memoryBytes, 'en')))
    }
    facts.push(fact('hardware', 'mock.fact.disk', formatBytes(diskBytes, 'en')))
    const network: Text =
      machine.addresses.length === 0 ? { key: 'mock.fact.network.none' } : { key: 'mock.fact.network.user' }
    facts.push(fact('hardware', 'mock.fact.network', network))
    facts.push(fact('place', 'mock.fact.provider', label))
    if (machine.kind === 'vm') {
      const folder = `${context.host.dataDir}/${machine.id.replace(/^.*\//, '')}`
      facts.push(fact('place', 'mock.fact.folder', folder, { mono: true, copyable: true, revealPath: folder }))
    }
    return {
      id,
      facts,
      notices: [
        { level: 'info', text: { key: 'mock.notice.pretended' } },
        ...(machine.arch === 'riscv64' ? [{ level: 'warning', text: { key: 'mock.notice.slow' } } as const] : []),
      ],
      commandLine: machine.kind === 'container' ? `docker run -d --name '${machine.name}' ${machine.os ?? ''}` : null,
      inspect: JSON.stringify(machine, null, 2),
    }
  }
}

/** Figures that wander, the same at the same second of every run. */
export function createStats(context: ProviderContext): StatsOps {
  return {
    async read(ids, op) {
      throwIfCancelled(op)
      const second = context.host.now().getTime() / 1000
      return ids.flatMap((id) => {
        const machine = context.machines.get(id)?.machine
        if (machine === undefined || machine.state !== 'running') return []
        const seed = [...id].reduce((sum, letter) => (sum * 31 + (letter.codePointAt(0) ?? 0)) % 9973, 7)
        const wave = (period: number): number => (Math.sin(second / period + seed) + 1) / 2
        const busy = seed % 7 === 0 ? 55 : seed % 5 === 0 ? 12 : 2
        const limit = machine.memoryBytes ?? 2 * GiB
        return [
          {
            id,
            cpuPercent: Math.round(10 * (busy + busy * wave(9) * wave(3.7))) / 10,
            memoryBytes: Math.round(limit * (0.3 + 0.4 * wave(61))),
            memoryLimitBytes: limit,
            diskReadBytesPerSecond: Math.round(400_000 * wave(5) * wave(2.3)),
            diskWriteBytesPerSecond: Math.round(3_400_000 * wave(7) * wave(1.9)),
            networkReceiveBytesPerSecond: machine.addresses.length > 0 ? Math.round(184_000 * wave(4)) : null,
            networkSendBytesPerSecond: machine.addresses.length > 0 ? Math.round(39_000 * wave(3)) : null,
          },
        ]
      })
    },
  }
}

const runningStates: readonly string[] = ['running', 'paused', 'starting', 'stopping', 'unknown']

export function createConsoles(context: ProviderContext, guests: Guests): ConsoleOps {
  const isUp = (id: MachineId): boolean => runningStates.includes(context.of(id).machine.state)
  return {
    async options(id, op) {
      throwIfCancelled(op)
      const off: Text | null = isUp(id) ? null : { key: 'mock.console.off' }
      const { machine, quirks } = context.of(id)
      if (machine.kind === 'vm') {
        const screen: ConsoleOption = {
          id: 'screen0',
          kind: 'screen',
          label: { key: 'screen.display' },
          writable: true,
          withheld: off,
        }
        const serials = [1, 2].map(
          (number): ConsoleOption => ({
            id: `serial${number - 1}`,
            kind: 'serial',
            label: { key: 'mock.console.serial', params: { number } },
            writable: true,
            withheld: off,
          }),
        )
        return hasScreen(context, id) ? [screen, ...serials] : serials
      }
      const noShell: Text | null = quirks.includes('no-shell') ? { key: 'mock.console.noShell' } : null
      return [
        { id: 'shell', kind: 'shell', label: { key: 'mock.console.shell' }, writable: true, withheld: off ?? noShell },
        { id: 'attach', kind: 'attach', label: { key: 'mock.console.attach' }, writable: true, withheld: off },
        { id: 'logs', kind: 'logs', label: { key: 'mock.console.logs' }, writable: false, withheld: null },
      ]
    },
    async target(id, consoleId, _as, op) {
      throwIfCancelled(op)
      const option = (await this.options(id, op)).find((one) => one.id === consoleId)
      if (option === undefined) throw failure('not-found', { key: 'mock.console.off' })
      if (option.withheld !== null) throw failure('wrong-state', option.withheld)
      if (option.kind === 'screen') throw failure('unsupported', { key: 'screen.notTerminal' })
      const title = option.kind === 'serial' ? `serial ${Number(consoleId.slice(-1)) + 1}` : consoleId
      return { kind: 'socket', title, path: await guests.socketOf(id, consoleId), logPath: null }
    },
    async tail(id, lines, op) {
      throwIfCancelled(op)
      const { machine } = context.of(id)
      return machine.state === 'inaccessible' ? null : logLines(machine.name).slice(-lines).join('\n')
    },
  }
}

export function createConfigure(context: ProviderContext): ConfigureOps {
  return {
    async read(id, op) {
      await context.wait(80, op)
      const { machine, settings, diskBytes } = context.of(id)
      const fields: readonly ConfigureField[] =
        machine.kind === 'vm' ? ['cpus', 'memoryBytes', 'isoPath', 'network', 'diskBytes'] : ['restart']
      return {
        fields,
        whileStopped: machine.kind === 'vm' ? ['cpus', 'memoryBytes', 'network', 'diskBytes'] : [],
        values: machine.kind === 'vm' ? { ...settings, diskBytes } : settings,
        limits: {
          cpus: { min: 1, max: 16, sensible: 8, default: 2 },
          memoryBytes: { min: 64 * MiB, max: 32 * GiB, sensible: 16 * GiB, default: 4 * GiB },
          diskBytes: { min: diskBytes, max: 2_000 * GB, sensible: 500 * GB, default: diskBytes },
        },
      }
    },
    async configure(id, changes, op) {
      await context.wait(200, op)
      const mock = context.of(id)
      const { cpus, memoryBytes, diskBytes, isoPath: _isoPath, restart: _restart, ...others } = changes
      const needsStopped =
        cpus !== undefined || memoryBytes !== undefined || diskBytes !== undefined || 'network' in others
      const isOff = mock.machine.state === 'stopped' || mock.machine.state === 'crashed'
      if (mock.machine.kind === 'vm' && needsStopped && !isOff) {
        throw failure('wrong-state', { key: 'mock.error.running' })
      }
      if (diskBytes !== undefined && diskBytes < mock.diskBytes) {
        throw failure('invalid-input', { key: 'mock.error.smaller' }, { field: 'diskBytes' })
      }
      context.change(id, {
        machine: {
          ...mock.machine,
          cpus: cpus ?? mock.machine.cpus,
          memoryBytes: memoryBytes ?? mock.machine.memoryBytes,
        },
        settings: { ...mock.settings, ...changes },
        forwards: changes.network?.mode === 'user' ? changes.network.forwards : mock.forwards,
        diskBytes: diskBytes ?? mock.diskBytes,
      })
    },
  }
}
