import { randomBytes } from 'node:crypto'
import { mkdir, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { scanCodesOf } from '../../../app/domain/scan-codes.ts'
import { strokesOf } from '../../../app/domain/typing.ts'
import type { ScreenEvents, ScreenSource } from '../../screen/source.ts'
import * as commands from './control-commands.ts'
import type { Entry } from './entry.ts'
import { heldAfterMs, nextBatch, type Stroke } from './key-batches.ts'
import { hasFailed } from './manage.ts'
import { type ProviderContext, quietOp, runInQueue } from './provider-context.ts'
import { isResting } from './states.ts'

/** Between two photographs: while something changes, and when nothing has for a while. Each costs about 0.1 s of VirtualBox. */
const quickMs = 350
const calmMs = 1_000
/** After so many that were the same. */
const calmAfter = 6
/** What is typed shows soon. */
const afterKeyMs = 120
/** VBoxManage that fails so often in a row is not going to show anything. */
const maxFailures = 5

export interface Photographs extends ScreenSource {
  /** Takes none until it is asked for the next, which it then gives even if it shows what the last one did. */
  rest(): void
  /** Settles when all that was typed has been given to the machine. */
  typed(): Promise<void>
}

/**
 * A screen by photographs: VirtualBox shows a machine to programs only so, unless an extension serves its display. They are taken
 * while somebody looks and at no other time. Keys go as the bytes of a PC keyboard.
 */
export function openPhotographs(context: ProviderContext, entry: Entry, events: ScreenEvents): Photographs {
  const { manage, queue, inventory, host } = context
  const path = join(host.runtimeDir, `${randomBytes(6).toString('hex')}.png`)
  let last: Buffer | null = null
  let same = 0
  let failures = 0
  let isWanted = false
  let isBusy = false
  let isOver = false
  let timer: NodeJS.Timeout | null = null
  let typed: Stroke[] = []
  /** Keys that the machine has been told are down. */
  const held = new Set<string>()
  let typing = Promise.resolve()
  /** Runs while a key waits for its other half. */
  let waiting: NodeJS.Timeout | null = null

  const end = (): void => {
    if (isOver) return
    isOver = true
    if (timer !== null) clearTimeout(timer)
    void rm(path, { force: true }).catch(() => {})
    // What is still to be typed is not; a key in the middle of its stroke is let go, or its guest would repeat it.
    typed = []
    typing = typing.then(() => {
      typed = [...held].map((code) => ({ code, isDown: false, atMs: 0 }))
      return sendTyped()
    })
  }
  const soon = (delayMs: number): void => {
    if (isOver || !isWanted) return
    if (timer !== null) clearTimeout(timer)
    timer = setTimeout(() => void photograph(), delayMs)
  }

  async function photograph(): Promise<void> {
    timer = null
    if (isOver || isBusy || !isWanted) return
    isBusy = true
    try {
      const picture = await take()
      if (isOver || !isWanted) return
      if (picture === null) {
        // Going back to a snapshot, the machine is off for a moment, then starts again.
        const isGoingBack = entry.holds.some(({ state }) => state === 'restoring')
        failures = isGoingBack ? 0 : failures + 1
        if (!isGoingBack && (isResting(inventory.observedState(entry).word) || failures >= maxFailures)) {
          end()
          return events.ended({ why: 'gone', reason: null })
        }
        return soon(calmMs)
      }
      failures = 0
      const size = sizeOf(picture)
      if (size === null || (last !== null && picture.equals(last))) {
        same += 1
        return soon(same < calmAfter ? quickMs : calmMs)
      }
      same = 0
      last = picture
      isWanted = false
      events.picture(size.width, size.height, picture)
    } finally {
      isBusy = false
    }
  }

  /** null when none could be taken. What VirtualBox refuses for a moment is tried again by the next. */
  async function take(): Promise<Buffer | null> {
    await mkdir(host.runtimeDir, { recursive: true, mode: 0o700 }).catch(() => {})
    const result = await queue
      .run(entry.uuid, () => manage.attempt(commands.screenshot(entry.uuid, path), quietOp))
      .catch(() => null)
    if (result === null || hasFailed(result)) {
      await inventory.refresh(entry).catch(() => {})
      return null
    }
    const picture = await readFile(path).catch(() => null)
    await rm(path, { force: true }).catch(() => {})
    return picture
  }

  const give = (strokes: readonly Omit<Stroke, 'atMs'>[]): void => {
    if (isOver || strokes.length === 0) return
    const atMs = performance.now()
    typed.push(...strokes.map((stroke) => ({ ...stroke, atMs })))
    typing = typing.then(() => sendTyped())
  }
  /** Gives what may be given now; `all` also a key whose other half is not there yet. */
  async function sendTyped(all = false): Promise<void> {
    if (waiting !== null) clearTimeout(waiting)
    waiting = null
    for (;;) {
      const count = nextBatch(typed, all ? Number.POSITIVE_INFINITY : performance.now())
      if (count === 0) break
      const codes: number[] = []
      for (const { code, isDown } of typed.splice(0, count)) {
        codes.push(...scanCodesOf(code, isDown))
        if (isDown) held.add(code)
        else held.delete(code)
      }
      if (codes.length === 0) continue
      // Again while another client has the machine: a key that is refused is not lost.
      await queue
        .run(entry.uuid, () => runInQueue(context, entry, commands.scanCodes(entry.uuid, codes)))
        .catch((error) => host.log.warn('virtualbox.keys', { uuid: entry.uuid, error: String(error) }))
    }
    if (typed.length > 0) {
      waiting = setTimeout(() => {
        typing = typing.then(() => sendTyped())
      }, heldAfterMs)
    }
    same = 0
    soon(afterKeyMs)
  }

  return {
    takes: { keyboard: true, pointer: 'none', text: true },
    next() {
      isWanted = true
      soon(last === null ? 0 : quickMs)
    },
    key: (code, isDown) => give([{ code, isDown }]),
    type: (text) => give(strokesOf(text)),
    pointer() {},
    rest() {
      isWanted = false
      last = null
      if (timer !== null) clearTimeout(timer)
      timer = null
    },
    async typed() {
      let until: Promise<void>
      typing = typing.then(() => sendTyped(true))
      do {
        until = typing
        await until
      } while (until !== typing)
    },
    close: end,
  }
}

/** Width and height of a PNG file; null when it is none, such as one that is not whole. */
export function sizeOf(png: Buffer): { readonly width: number; readonly height: number } | null {
  if (png.length < 24 || png.readUInt32BE(0) !== 0x89504e47 || !png.subarray(-12).includes('IEND')) return null
  return { width: png.readUInt32BE(16), height: png.readUInt32BE(20) }
}
