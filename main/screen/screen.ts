import type { ScreenDown } from '../../app/contract/views.ts'
import { errorOf } from '../../app/domain/errors.ts'
import type { MachineState } from '../../app/domain/machine.ts'
import { type ScreenState, type ScreenStatus, type ScreenTakes, takesNothing } from '../../app/domain/screen.ts'
import type { Text } from '../../app/messages/text.ts'
import type { Log } from '../log.ts'
import { createFrame, type Picture, type Unseen } from './frame.ts'
import { createHeldInput, type HeldInput, type PersonInput } from './held-input.ts'
import type { ScreenEnd, ScreenEvents, ScreenSource } from './source.ts'

/** What changes within this time goes out together; a screen that was quiet shows at once. */
const batchMs = 16
/** Enough for a row of characters that a guest writes one by one. */
const gatherMs = 2
/** A window that reloads, or a person who looks at another machine for a moment, finds the screen still open. */
const graceMs = 5_000
const firstRetryMs = 250
const lastRetryMs = 10_000

export interface ScreenConfig {
  readonly machine: () => { readonly name: string; readonly state: MachineState } | null
  readonly open: (as: { readonly takeOver: boolean }, events: ScreenEvents) => Promise<ScreenSource>
  /** Nobody has looked for a while: the source is closed, the last picture is kept. */
  readonly idle: () => void
  readonly now: () => Date
  readonly log: Log
}

export interface ScreenViewer {
  /** Up to this frame everything is on screen. */
  shown(frame: number): void
  input(input: PersonInput): void
  /** Asks the guest for this size, in pixels, where it can be asked. */
  resize(width: number, height: number): void
  open(takeOver: boolean): void
  leave(): void
}

/** One screen of one machine: a single opened source, its last picture, and any number of viewers at their own pace. */
export interface Screen {
  /** `isNear`: it is looked at as it is, and not as a thumbnail. */
  attach(send: (down: ScreenDown) => void, isNear: boolean): ScreenViewer
  readonly isWatched: () => boolean
  /** The whole of what it shows now; null unless it is open and shows something. */
  readonly picture: () => Picture | null
  machineChanged(): void
  close(): void
}

interface Watching {
  readonly isNear: boolean
  readonly send: (down: ScreenDown) => void
  readonly unseen: Unseen
  readonly heldInput: HeldInput
  /** The number of the last frame sent, and whether it is shown. */
  frame: number
  isWaiting: boolean
}

export function createScreen(config: ScreenConfig): Screen {
  const { now } = config
  const frame = createFrame()
  const watching = new Set<Watching>()
  let state: ScreenState = 'connecting'
  let since = now()
  let attempts = 0
  let reason: Text | null = null
  let pictureAt: Date | null = null
  let takes: ScreenTakes = takesNothing
  let source: ScreenSource | null = null
  // Which opening is the present one: what an earlier one still says is not heard.
  let opening = 0
  let isOpening = false
  let isClosed = false
  let retry: NodeJS.Timeout | null = null
  let grace: NodeJS.Timeout | null = null
  let batch: NodeJS.Timeout | null = null
  let lastBatchAt = 0
  let isOwedNext = false
  let wasNear = false

  const status = (): ScreenStatus => ({
    state,
    takes,
    since: since.toISOString(),
    attempts,
    reason,
    pictureAt: pictureAt?.toISOString() ?? null,
  })
  const tellStatus = (): void => {
    for (const viewer of watching) viewer.send({ kind: 'status', status: status() })
  }
  const become = (next: ScreenState, why: Text | null = null): void => {
    if (next !== state) since = now()
    state = next
    reason = why
    if (next !== 'live') takes = takesNothing
    if (next === 'live' || next === 'off') attempts = 0
    tellStatus()
  }

  const show = (viewer: Watching): void => {
    if (viewer.isWaiting || viewer.unseen.isEmpty()) return
    const picture = viewer.unseen.take()
    if (picture === null) return
    viewer.frame += 1
    viewer.isWaiting = true
    viewer.send({ ...picture, frame: viewer.frame })
  }
  /** Asks for more as soon as anybody has seen what there is. */
  const askNext = (): void => {
    if (!isOwedNext || source === null) return
    if (![...watching].some((viewer) => !viewer.isWaiting && viewer.unseen.isEmpty())) return
    isOwedNext = false
    source.next()
  }
  const showAll = (): void => {
    batch = null
    lastBatchAt = performance.now()
    for (const viewer of watching) show(viewer)
    askNext()
  }
  const changed = (): void => {
    pictureAt = now()
    isOwedNext = true
    batch ??= setTimeout(showAll, Math.max(gatherMs, batchMs - (performance.now() - lastBatchAt)))
  }

  /** Tells the source when the first looks closely, and when the last no longer does. */
  const tellNear = (): void => {
    const isNear = [...watching].some((viewer) => viewer.isNear)
    if (source === null || isNear === wasNear) return
    wasNear = isNear
    source.near?.(isNear)
  }

  const stopRetrying = (): void => {
    if (retry !== null) clearTimeout(retry)
    retry = null
  }
  const letGo = (): void => {
    opening += 1
    isOpening = false
    stopRetrying()
    for (const viewer of watching) viewer.heldInput.forget()
    source?.close()
    source = null
    wasNear = false
  }

  /** What its machine's state makes of a screen that is not open; null when it can be opened. */
  const outlook = (): ScreenState | null => {
    const machine = config.machine()
    if (machine === null) return 'off'
    switch (machine.state) {
      case 'stopped':
      case 'crashed':
      case 'suspended':
      case 'inaccessible':
        return 'off'
      case 'starting':
      case 'restoring':
        return 'connecting'
      default:
        return null
    }
  }

  const over = ({ why, reason: said }: ScreenEnd): void => {
    letGo()
    const seen = outlook()
    if (seen !== null) become(seen)
    else if (why === 'gone') lose(said)
    else become(why, said)
  }
  const lose = (why: Text | null): void => {
    const delayMs = Math.min(lastRetryMs, firstRetryMs * 2 ** attempts)
    attempts += 1
    become('lost', why)
    retry = setTimeout(() => void open(false), delayMs)
  }

  const open = async (takeOver: boolean): Promise<void> => {
    letGo()
    const mine = opening
    const isMine = (): boolean => mine === opening && !isClosed
    const hear =
      <A extends readonly unknown[]>(say: (...given: A) => void) =>
      (...given: A): void => {
        if (!isMine()) return
        say(...given)
        changed()
      }
    isOpening = true
    if (state !== 'lost') become('connecting')
    try {
      const opened = await config.open(
        { takeOver },
        {
          text: hear(frame.text),
          cells: hear(frame.cells),
          cursor: hear(frame.cursor),
          pixels: hear(frame.pixels),
          area: hear(frame.area),
          picture: hear(frame.picture),
          takes(next) {
            if (!isMine()) return
            takes = next
            if (state === 'live') tellStatus()
          },
          ended: (end) => {
            if (isMine()) over(end)
          },
        },
      )
      if (!isMine()) return opened.close()
      isOpening = false
      source = opened
      takes = opened.takes
      become('live')
      isOwedNext = false
      opened.next()
      tellNear()
    } catch (thrown) {
      if (!isMine()) return
      const error = errorOf(thrown)
      config.log.warn('screen.failed', { error })
      const why = error.code === 'unsupported' ? 'none' : error.code === 'in-use' ? 'taken' : 'gone'
      over({ why, reason: error.message })
    }
  }

  /** Opens it if somebody looks and it can be. */
  const openIfSeen = (): void => {
    if (isClosed || watching.size === 0 || source !== null || isOpening) return
    const seen = outlook()
    if (seen === null) void open(false)
    else if (seen !== state) become(seen)
  }

  return {
    isWatched: () => watching.size > 0,
    picture() {
      if (state !== 'live') return null
      const all = frame.watch()
      const picture = all.take()
      all.leave()
      return picture
    },
    attach(send, isNear) {
      if (grace !== null) clearTimeout(grace)
      grace = null
      const heldInput = createHeldInput()
      const viewer: Watching = { isNear, send, unseen: frame.watch(), heldInput, frame: 0, isWaiting: false }
      watching.add(viewer)
      tellNear()
      // One that came to nothing is tried again for whoever asks anew.
      if (state !== 'taken' && state !== 'none') openIfSeen()
      send({ kind: 'status', status: status() })
      show(viewer)
      return {
        shown(number) {
          if (number < viewer.frame) return
          viewer.isWaiting = false
          // What has come meanwhile keeps the beat that it has.
          if (batch === null) show(viewer)
          askNext()
        },
        input(input) {
          if (source !== null && state === 'live')
            heldInput.give(
              input,
              source,
              takes,
              [...watching].map((one) => one.heldInput),
            )
        },
        resize(width, height) {
          if (state === 'live' && takes.resize === true) source?.resize?.(width, height)
        },
        open(takeOver) {
          if (source === null && outlook() === null) void open(takeOver)
        },
        leave() {
          if (!watching.delete(viewer)) return
          if (source !== null)
            heldInput.release(
              source,
              [...watching].map((one) => one.heldInput),
            )
          viewer.unseen.leave()
          if (watching.size > 0) {
            tellNear()
            return askNext()
          }
          stopRetrying()
          grace = setTimeout(() => {
            grace = null
            letGo()
            state = 'connecting'
            takes = takesNothing
            config.idle()
          }, graceMs)
        },
      }
    },
    machineChanged() {
      if (isClosed) return
      const seen = outlook()
      if (seen === 'off' && state !== 'off') {
        letGo()
        become('off')
      } else if (seen === null && (state === 'off' || state === 'connecting' || state === 'lost')) openIfSeen()
      else if (seen === 'connecting' && source === null && state !== 'connecting') become('connecting')
    },
    close() {
      if (isClosed) return
      letGo()
      isClosed = true
      if (grace !== null) clearTimeout(grace)
      if (batch !== null) clearTimeout(batch)
      watching.clear()
    },
  }
}
