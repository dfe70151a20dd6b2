import { randomBytes } from 'node:crypto'
import { mkdir, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { scanCodesOf } from '../../../app/domain/scan-codes.ts'
import { strokesOf } from '../../../app/domain/typing.ts'
import type { ScreenEvents, ScreenSource } from '../../screen/source.ts'
import * as commands from './control-commands.ts'
import type { Entry } from './entry.ts'
import { hasFailed } from './manage.ts'
import { isResting } from './states.ts'
import { quietOp, type World } from './world.ts'

/** Between two photographs: while something changes, and when nothing has for a while. Each costs about 0.1 s of VirtualBox. */
const quickMs = 350
const calmMs = 1_000
/** After so many that were the same. */
const calmAfter = 6
/** What is typed shows soon. */
const afterKeyMs = 120
/** A keyboard holds few bytes that its machine has not read yet. */
const mostCodes = 16
/** VBoxManage that fails so often in a row is not going to show anything. */
const mostFailures = 5

interface Stroke {
  readonly code: string
  readonly isDown: boolean
}

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
export function openPhotographs(world: World, entry: Entry, events: ScreenEvents): Photographs {
  const { manage, queue, inventory, host } = world
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

  const end = (): void => {
    if (isOver) return
    isOver = true
    if (timer !== null) clearTimeout(timer)
    void rm(path, { force: true }).catch(() => {})
    // What is still to be typed is not; a key in the middle of its stroke is let go, or its guest would repeat it.
    typed = []
    typing = typing.then(() => {
      typed = [...held].map((code) => ({ code, isDown: false }))
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
        failures += 1
        if (isResting(inventory.sight(entry).word) || failures >= mostFailures) {
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

  const give = (strokes: readonly Stroke[]): void => {
    if (isOver || strokes.length === 0) return
    typed.push(...strokes)
    typing = typing.then(sendTyped)
  }
  async function sendTyped(): Promise<void> {
    while (typed.length > 0) {
      const codes: number[] = []
      for (let next = typed[0]; next !== undefined && codes.length < mostCodes; next = typed[0]) {
        typed.shift()
        codes.push(...scanCodesOf(next.code, next.isDown))
        if (next.isDown) held.add(next.code)
        else held.delete(next.code)
      }
      if (codes.length === 0) continue
      await queue
        .run(entry.uuid, () => manage.attempt(commands.scanCodes(entry.uuid, codes), quietOp))
        .catch((error) => host.log.warn('virtualbox.keys', { uuid: entry.uuid, error: String(error) }))
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
