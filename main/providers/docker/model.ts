import type { MachineId } from '../../../app/domain/ids.ts'
import type { Machine } from '../../../app/domain/machine.ts'
import type { Look } from './containers.ts'
import type { Engine } from './engine.ts'
import type { Container } from './inspect.ts'
import type { Journal } from './journal.ts'
import { isLeftover } from './leftovers.ts'
import { machineOf, unreadableMachine } from './machine.ts'
import { parseAsideName } from './naming.ts'
import type { EngineEvent } from './parse.ts'

/** What an event or a look did to the list. */
export interface ModelChange {
  readonly upserts: readonly Machine[]
  readonly removed: readonly MachineId[]
  /** Containers about which the event did not say everything. */
  readonly confirm: readonly string[]
  /** True when a kept copy may have to stand in: only a list can tell. */
  readonly listAgain: boolean
}

const nothing: ModelChange = { upserts: [], removed: [], confirm: [], listAgain: false }

/** One endpoint's containers as last known, and which machine each of them is. */
export interface Model {
  get(containerId: string): Container | undefined
  size(): number
  /** The container that is this machine now. */
  containerIdOf(id: MachineId): string
  machineIdOf(containerId: string): MachineId
  /** Containers that transactions of ours have left: hidden, and to be removed. */
  leftovers(): readonly Container[]
  /** A machine as last known; null when it is not known or stands aside. */
  machine(id: MachineId): Machine | null
  /** Marks the beginning of a look; what events say while it is under way is newer than what it finds. */
  beginLook(): number
  replace(look: Look, began: number): readonly Machine[]
  /** What an event itself proves, at once. */
  apply(event: EngineEvent): ModelChange
  /** Truth for some containers: `null` for those that do not exist any more. */
  confirm(containers: ReadonlyMap<string, Container | null>): ModelChange
}

/**
 * Before the id of a kept copy that somebody started: it is listed as long as it runs, so that it can be stopped. The container's
 * plain id may be that of its machine.
 */
const startedCopy = 'copy.'

export function createModel(engine: Engine, journal: Journal): Model {
  let containers = new Map<string, Container>()
  /** When events last spoke of a container, and whether it was to say that it is gone. */
  let touched = new Map<string, { readonly turn: number; readonly isGone: boolean }>()
  let turn = 0

  const ownId = (containerId: string): MachineId => `${engine.endpointId}/${containerId}`
  const machineIdOf = (containerId: string): MachineId =>
    journal.machineOf(engine.endpointId, containerId) ?? ownId(containerId)
  const hides = (container: Pick<Container, 'id' | 'name'>): boolean =>
    journal.hides(engine.endpointId, container.id, parseAsideName(container.name)?.handle ?? null)
  const isLeft = (container: Container): boolean => isLeftover(journal, engine.endpointId, container)
  const isHidden = (container: Container): boolean => hides(container) || isLeft(container)

  const show = (container: Container, id: MachineId = machineIdOf(container.id), isStandIn = false): Machine => {
    const aside = parseAsideName(container.name)
    // Between two names of a restore, or in another's place, it goes by the name a person knows.
    const isOurs = aside !== null && journal.machine(id) !== null
    return machineOf(isOurs ? { ...container, name: aside.name } : container, {
      id,
      endpointId: engine.endpointId,
      isLocal: engine.isLocal,
      hostName: engine.hostName,
      isStandIn,
      isAside: aside !== null && !isOurs,
      isStartedCopy: id.startsWith(`${ownId(startedCopy)}`),
      hasStartedCopy: copiesOf(id).some(isStarted),
    })
  }

  const copiesOf = (id: MachineId): readonly Container[] =>
    (journal.machine(id)?.restores ?? [])
      .filter(({ swap }) => swap === null)
      .flatMap(({ keptId, copied }) => [
        containers.get(keptId),
        copied === null ? undefined : containers.get(copied.id),
      ])
      .filter((copy) => copy !== undefined)
  const isStarted = ({ word }: Container): boolean => ['running', 'paused', 'restarting'].includes(word)

  /** Kept copies that somebody started beside the machine they are kept for. */
  const startedCopies = (): readonly Machine[] =>
    [...containers.values()].flatMap((container) => {
      const keeper = journal.keeperOf(engine.endpointId, container.id)
      return keeper !== null && isStarted(container) && isPresent(keeper) ? [showStarted(container)] : []
    })
  const showStarted = (copy: Container): Machine => show(copy, ownId(`${startedCopy}${copy.id}`))
  const isPresent = (id: MachineId): boolean => containers.has(journal.machine(id)?.currentId ?? '')

  /** What a kept copy does to the list: it comes when it is started and goes when it ends, and its machine says so. */
  const changeOfCopy = (keeper: MachineId, before: Container | undefined, now: Container | null): ModelChange => {
    if (!isPresent(keeper)) return { ...nothing, listAgain: true }
    const isUp = now !== null && isStarted(now)
    const wasUp = before !== undefined && isStarted(before)
    if (!isUp && !wasUp) return nothing
    const machine = containers.get(journal.machine(keeper)?.currentId ?? '')
    return {
      ...nothing,
      upserts: [...(machine === undefined ? [] : [show(machine, keeper)]), ...(isUp ? [showStarted(now)] : [])],
      removed: isUp || before === undefined ? [] : [ownId(`${startedCopy}${before.id}`)],
    }
  }

  /** Machines whose container was removed outside while a copy of it is kept: the newest copy is shown. */
  const standIns = (): readonly Machine[] =>
    journal.machines().flatMap(([id, entry]) => {
      if (!id.startsWith(`${engine.endpointId}/`) || containers.has(entry.currentId)) return []
      if (journal.trash().some((item) => item.machineId === id)) return []
      const kept = entry.restores.map((restore) => containers.get(restore.keptId)).find((found) => found !== undefined)
      return kept === undefined ? [] : [show(kept, id, true)]
    })

  const put = (container: Container): ModelChange => {
    const before = containers.get(container.id)
    containers.set(container.id, container)
    const keeper = journal.keeperOf(engine.endpointId, container.id)
    if (keeper !== null) return changeOfCopy(keeper, before, container)
    // Removed once it is listed.
    if (isLeft(container)) return { ...nothing, listAgain: true }
    return isHidden(container) ? nothing : { ...nothing, upserts: [show(container)] }
  }
  const drop = (containerId: string): ModelChange => {
    const known = containers.get(containerId)
    containers.delete(containerId)
    const keeper = journal.keeperOf(engine.endpointId, containerId)
    if (keeper !== null && isPresent(keeper)) return { ...changeOfCopy(keeper, known, null), listAgain: true }
    const id = machineIdOf(containerId)
    const hasKept = (journal.machine(id)?.restores.length ?? 0) > 0
    if (hasKept || (known !== undefined && isHidden(known))) return { ...nothing, listAgain: hasKept }
    return { ...nothing, removed: [id] }
  }

  return {
    get: (containerId) => containers.get(containerId),
    size: () => containers.size,
    leftovers: () => [...containers.values()].filter(isLeft),
    machineIdOf,
    containerIdOf(id) {
      const entry = journal.machine(id)
      if (entry === null) return id.slice(engine.endpointId.length + 1).replace(startedCopy, '')
      if (containers.size === 0 || containers.has(entry.currentId)) return entry.currentId
      return entry.restores.find((restore) => containers.has(restore.keptId))?.keptId ?? entry.currentId
    },
    machine(id) {
      const known = containers.get(this.containerIdOf(id))
      if (known === undefined) return null
      if (id.startsWith(ownId(startedCopy))) return isStarted(known) && isHidden(known) ? showStarted(known) : null
      if (known.id !== (journal.machine(id)?.currentId ?? known.id)) return show(known, id, true)
      return isHidden(known) ? null : show(known, id)
    },
    beginLook: () => turn,
    replace(look, began) {
      const next = new Map<string, Container>()
      for (const { container } of look.inspected) {
        const touch = touched.get(container.id)
        const isNewer = touch !== undefined && touch.turn > began
        if (isNewer && touch.isGone) continue
        const known = isNewer ? containers.get(container.id) : undefined
        next.set(container.id, known !== undefined && momentOf(known) > momentOf(container) ? known : container)
      }
      // Made while we looked: the events know of it, the look does not.
      for (const [id, container] of containers) {
        if (!next.has(id) && (touched.get(id)?.turn ?? -1) > began) next.set(id, container)
      }
      containers = next
      touched = new Map([...touched].filter(([, touch]) => touch.turn > began))
      const unreadable = look.unreadable
        .filter((row) => !hides(row))
        .map((row) =>
          unreadableMachine(row.id, row.name, row.image, {
            id: machineIdOf(row.id),
            endpointId: engine.endpointId,
            isLocal: engine.isLocal,
            hostName: engine.hostName,
            isStandIn: false,
            isAside: false,
            isStartedCopy: false,
            hasStartedCopy: false,
          }),
        )
      const shown = [...containers.values()]
        .filter((container) => !isHidden(container))
        .map((container) => show(container))
      return [...shown, ...unreadable, ...standIns(), ...startedCopies()]
    },
    apply(event) {
      if (event.type === 'network') {
        return containers.has(event.id) ? { ...nothing, confirm: [event.id] } : nothing
      }
      if (event.type !== 'container' || event.id === '') return nothing
      turn += 1
      touched.set(event.id, { turn, isGone: event.action === 'destroy' })
      if (event.action === 'destroy') return drop(event.id)
      const known = containers.get(event.id)
      const derived = known === undefined ? null : derive(known, event)
      const change = derived === null ? nothing : put(derived)
      return { ...change, confirm: [event.id] }
    },
    confirm(truths) {
      const upserts: Machine[] = []
      const removed: MachineId[] = []
      let listAgain = false
      for (const [id, truth] of truths) {
        const known = containers.get(id)
        if (truth !== null && known !== undefined && JSON.stringify(known) === JSON.stringify(truth)) continue
        if (truth === null && known === undefined) continue
        const change = truth === null ? drop(id) : put(truth)
        upserts.push(...change.upserts)
        removed.push(...change.removed)
        listAgain ||= change.listAgain
      }
      return { upserts, removed, confirm: [], listAgain }
    },
  }
}

/** When it last began or ended, by the engine's clock; 0 when it never did. */
function momentOf({ startedAt, finishedAt }: Container): number {
  return Math.max(...[startedAt, finishedAt].map((at) => (at === null ? 0 : Date.parse(at) || 0)))
}

/**
 * The container as the event proves it to be; null when the event proves nothing by itself. On a busy computer an event may come
 * after a look that already knows what followed it. What began and ended says when; the rest is left to a fresh look.
 */
function derive(container: Container, event: EngineEvent): Container | null {
  const at = event.at === '' ? null : event.at
  if (at !== null && Date.parse(at) < momentOf(container)) return null
  switch (event.action) {
    case 'start':
      return { ...container, word: 'running', startedAt: at, startError: '', outOfMemory: false, exitCode: 0 }
    case 'die':
      return { ...container, word: 'exited', finishedAt: at, exitCode: event.exitCode ?? container.exitCode, pid: 0 }
    case 'health_status':
      return event.detail === '' ? null : { ...container, health: event.detail }
    default:
      return null
  }
}
