import { randomBytes } from 'node:crypto'
import { createSerial } from '../../../app/util/serial.ts'
import { openRfb } from '../../screen/rfb.ts'
import type { ScreenEvents, ScreenSource } from '../../screen/source.ts'
import type { Op } from '../provider.ts'
import * as commands from './commands.ts'
import { switchDisplay } from './control-commands.ts'
import { loopback, prepareDisplay, putDisplayBack } from './display-settings.ts'
import type { Entry, Known } from './entry.ts'
import { idOf } from './inventory.ts'
import { freePort, listensOnAll, whileTaken } from './listening.ts'
import { servesVnc } from './parse.ts'
import { act, throwIfCancelled, type World } from './world.ts'

/** VirtualBox's VNC server says its hello at once, or is none. */
const helloMs = 3_000
/** How long whoever wants to look waits for work that needs the display off; after it there are photographs. */
const turnMs = 5_000
/** A display that breaks within this time of being opened is not tried again while its machine's process lives. */
const briefMs = 3_000
/** Where VirtualBox's VNC server listens on every IPv6 address besides the one it is told; no property changes that. */
const strayPort = 5900

/**
 * Machines' displays as VNC, by VirtualBox's extension for it, while somebody looks and at no other time: what VirtualBox writes into
 * a machine's settings for it is taken out again, so that the machine starts elsewhere as its person set it up.
 */
export interface RemoteDisplays {
  /** A running machine's display; null where it is not to be had so. */
  open(known: Known, events: ScreenEvents, op: Op): Promise<ScreenSource | null>
  /** The same methods, each done with Berth's display off: what VirtualBox keeps of the machine meanwhile must not hold it. */
  without<F extends object>(facet: F, names: readonly (keyof F)[]): F
  /** Puts back what an earlier Berth left. */
  recover(): Promise<void>
  /** Switches all of them off: Berth is quitting. */
  stop(): Promise<void>
}

interface Session {
  readonly entry: Entry
  readonly port: number
  readonly password: string
  users: number
}

export function createRemoteDisplays(world: World): RemoteDisplays {
  const { inventory, manage, host } = world
  const sessions = new Map<string, Session>()
  /** Per machine: one switches its display at a time. */
  const turns = createSerial()
  /** For all of them: the stray port is one. */
  const switching = createSerial()
  /** Runs of machines (`UUID PID`) whose display did not serve. */
  const distrusted = new Set<string>()
  let isStopping = false

  const putBack = async (entry: Entry): Promise<void> => {
    sessions.delete(entry.uuid)
    await putDisplayBack(world, entry)
  }
  const putBackLater = (entry: Entry): Promise<void> =>
    turns
      .run(entry.uuid, async () => {
        if (!sessions.has(entry.uuid)) await putBack(entry)
      })
      .catch((error) => host.log.warn('virtualbox.display.rest', { uuid: entry.uuid, error: String(error) }))

  /** Null where the display is a person's own, or nothing serves it. */
  async function begin(entry: Entry, pid: number, op: Op): Promise<Session | null> {
    const { settings } = await inventory.get(idOf(entry.uuid))
    if (settings.hardware.remoteDisplay.isBerths) await putBack(entry)
    else if (!settings.hardware.remoteDisplay.isUntouched) return null
    if (!servesVnc(await manage.run(commands.listExtensionPacks(), op))) return null
    throwIfCancelled(op)
    const session = { entry, port: await freePort(loopback), password: randomBytes(6).toString('base64url'), users: 0 }
    await prepareDisplay(world, entry, session, op)
    await switching.run('', () =>
      whileTaken(strayPort, async () => {
        await act(world, entry, switchDisplay(entry.uuid, 'on', 'on'), op)
      }),
    )
    if (await listensOnAll(pid, strayPort)) throw new Error(`it listens on every address, port ${strayPort}`)
    sessions.set(entry.uuid, session)
    return session
  }

  async function join(entry: Entry, pid: number, events: ScreenEvents, op: Op): Promise<ScreenSource | null> {
    const session = sessions.get(entry.uuid) ?? (await begin(entry, pid, op))
    if (session === null) return null
    const openedAt = performance.now()
    let isLeft = false
    const leave = (): void => {
      if (isLeft) return
      isLeft = true
      session.users -= 1
      if (session.users > 0 || sessions.get(entry.uuid) !== session) return
      sessions.delete(entry.uuid)
      void putBackLater(entry)
    }
    session.users += 1
    const place = { host: loopback, port: session.port }
    const source = await openRfb(
      place,
      {
        ...events,
        ended(end) {
          // One that Berth itself has switched off is no session any more.
          const isBroken = sessions.get(entry.uuid) === session && performance.now() - openedAt < briefMs
          if (isBroken) distrusted.add(`${entry.uuid} ${pid}`)
          leave()
          events.ended(end)
        },
      },
      // VirtualBox tells a guest that knows no places how far the pointer went.
      { password: session.password, pointer: 'absolute', helloMs },
    )
    return {
      get takes() {
        return source.takes
      },
      next: () => source.next(),
      key: (code, isDown) => source.key(code, isDown),
      type: (text) => source.type(text),
      pointer: (input) => source.pointer(input),
      close() {
        source.close()
        leave()
      },
    }
  }

  /** Runs a job in the machine's turn; null when that does not come in time. */
  async function inTurn<T>(uuid: string, job: () => Promise<T>): Promise<T | null> {
    let isLate = false
    let began: () => void = () => {}
    const hasBegun = new Promise<void>((resolve) => {
      began = resolve
    })
    const turn = turns.run(uuid, async () => {
      if (isLate) return null
      began()
      return job()
    })
    let timer: NodeJS.Timeout | null = null
    const late = new Promise<void>((resolve) => {
      timer = setTimeout(() => {
        isLate = true
        resolve()
      }, turnMs)
    })
    await Promise.race([hasBegun.finally(() => timer !== null && clearTimeout(timer)), late])
    return isLate ? null : turn
  }

  return {
    async open({ entry }, events, op) {
      const { word, pid } = inventory.sight(entry)
      // Elsewhere nobody makes this extension, and nobody could look where it listens.
      if (host.platform !== 'linux' || pid === null || isStopping) return null
      // Of one that stands still the server has no picture yet; a photograph can be taken.
      if (word !== 'running') return null
      const run = `${entry.uuid} ${pid}`
      if (distrusted.has(run)) return null
      return inTurn(entry.uuid, async () => {
        try {
          return await join(entry, pid, events, op)
        } catch (error) {
          host.log.warn('virtualbox.display', { uuid: entry.uuid, error: String(error) })
          if (!op.signal.aborted) distrusted.add(run)
          await putBack(entry).catch((rest) =>
            host.log.warn('virtualbox.display.rest', { uuid: entry.uuid, error: String(rest) }),
          )
          throwIfCancelled(op)
          return null
        }
      })
    },
    without(facet, names) {
      const members = names.map((name) => [
        name,
        async (id: string, ...rest: readonly unknown[]) => {
          const method = facet[name] as (...args: readonly unknown[]) => Promise<unknown>
          const entry = await inventory.find(id as never)
          if (entry === null) return method(id, ...rest)
          return turns.run(entry.uuid, async () => {
            await putBack(entry)
            return method(id, ...rest)
          })
        },
      ])
      return { ...facet, ...Object.fromEntries(members) }
    },
    async recover() {
      await inventory.refreshRegistry()
      for (const entry of inventory.loaded()) await putBackLater(entry)
    },
    async stop() {
      isStopping = true
      await Promise.all([...sessions.values()].map(({ entry }) => turns.run(entry.uuid, () => putBack(entry))))
    },
  }
}
