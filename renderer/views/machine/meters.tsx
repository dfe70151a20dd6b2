import { type ReactNode, useEffect } from 'react'
import { isOff, type Machine } from '../../../app/domain/machine.ts'
import type { Stats } from '../../../app/domain/stats.ts'
import { formatBytes, formatMemory } from '../../../app/domain/units.ts'
import { Sparkline } from '../../components/sparkline.tsx'
import { cpuShare, memoryWhole } from '../../format/figures.ts'
import { useLocale, useSay } from '../../say.tsx'
import { statsHistoryOf } from '../../store/selectors.ts'
import { historyLength } from '../../store/stats.ts'
import { useApp } from '../../store/store.ts'
import { setStatsInterest } from '../../store/watch-stats.ts'

const nothing: readonly Stats[] = []

type Reading = (stats: Stats) => number | null

const memory: Reading = (stats) => stats.memoryBytes
const disk: Reading = (stats) => sum(stats.diskReadBytesPerSecond, stats.diskWriteBytesPerSecond)
const network: Reading = (stats) => sum(stats.networkReceiveBytesPerSecond, stats.networkSendBytesPerSecond)

/** Four figures with two minutes of history. What the tool does not say reads "not known", never 0. */
export function Meters({
  machine,
  tool,
  isReachable,
}: {
  readonly machine: Machine
  /** What the machine's endpoint is called. */
  readonly tool: string
  readonly isReachable: boolean
}): ReactNode {
  const say = useSay()
  const locale = useLocale()
  const known = useApp(statsHistoryOf(machine.id))
  const system = useApp((state) => state.system)
  const isWatched = isReachable && (machine.state === 'running' || machine.state === 'paused')
  // What was read while it ran is nobody's figure once it is off.
  const history = isWatched ? known : nothing
  const latest = history.at(-1) ?? null
  useEffect(() => {
    setStatsInterest('machine-page', isWatched ? [machine.id] : [], true)
    return () => setStatsInterest('machine-page', [])
  }, [machine.id, isWatched])

  const whole = memoryWhole(latest, machine)
  const cpu: Reading = (stats) => cpuShare(stats, machine, system)
  const missing = say('meter.notKnown')
  /** The larger of two directions, named. */
  const rate = (
    inward: number | null | undefined,
    outward: number | null | undefined,
    inwardKey: 'meter.read' | 'meter.received',
    outwardKey: 'meter.written' | 'meter.sent',
  ): { readonly value: string | null; readonly note: string | null } => {
    if (inward == null && outward == null) return { value: null, note: null }
    const key = (inward ?? 0) >= (outward ?? 0) ? inwardKey : outwardKey
    const size = formatBytes(Math.max(inward ?? 0, outward ?? 0), locale)
    return { value: say('meter.perSecond', { size }), note: say(key) }
  }
  // One sentence instead of four empty figures.
  if (!isWatched) {
    const why = !isReachable ? 'meters.away' : isOff(machine.state) ? 'meters.off' : 'meters.busy'
    return <p className="meters-none">{say(why, { tool })}</p>
  }
  return (
    <dl className="meters">
      <Meter
        missing={missing}
        label={say('meter.cpu')}
        value={figure(latest === null ? null : cpu(latest), (percent) => say('tasks.percent', { percent }))}
        note={machine.cpus === null ? null : say('meter.ofCores', { count: machine.cpus })}
        values={history.map(cpu)}
        max={100}
      />
      <Meter
        missing={missing}
        label={say('meter.memory')}
        value={figure(latest?.memoryBytes, (value) => formatMemory(value, locale))}
        note={whole === null ? null : say('meter.of', { size: formatMemory(whole, locale) })}
        values={history.map(memory)}
        max={whole ?? undefined}
      />
      <Meter
        missing={missing}
        label={say('meter.disk')}
        {...rate(latest?.diskReadBytesPerSecond, latest?.diskWriteBytesPerSecond, 'meter.read', 'meter.written')}
        values={history.map(disk)}
      />
      <Meter
        missing={missing}
        label={say('meter.network')}
        {...rate(
          latest?.networkReceiveBytesPerSecond,
          latest?.networkSendBytesPerSecond,
          'meter.received',
          'meter.sent',
        )}
        values={history.map(network)}
      />
    </dl>
  )
}

/** One figure with its history. Without a value it says why there is none. */
function Meter({
  label,
  value,
  note,
  values,
  max,
  missing,
}: {
  readonly label: string
  readonly value: string | null
  readonly note: string | null
  readonly values: readonly (number | null)[]
  readonly max?: number | undefined
  readonly missing: string
}): ReactNode {
  return (
    <div className="meter">
      <dt className="meter-label">{label}</dt>
      {value === null ? (
        <dd className="meter-missing">{missing}</dd>
      ) : (
        <>
          <dd className="meter-value">
            {value} {note !== null && <small>{note}</small>}
          </dd>
          <dd className="meter-history">
            <Sparkline values={values} length={historyLength} max={max} />
          </dd>
        </>
      )}
    </div>
  )
}

function figure(value: number | null | undefined, write: (value: number) => string): string | null {
  return value === null || value === undefined ? null : write(value)
}

function sum(one: number | null, other: number | null): number | null {
  return one === null && other === null ? null : (one ?? 0) + (other ?? 0)
}
