import { randomBytes } from 'node:crypto'
import { errorOf } from '../../../app/domain/errors.ts'
import { type MachineId, parseId } from '../../../app/domain/ids.ts'
import type { RfbServer } from '../../screen/rfb-hello.ts'
import * as power from './commands.ts'
import type { Entry } from './entry.ts'
import { idOf } from './inventory.ts'
import { type ProviderContext, quietOp, runInQueue } from './provider-context.ts'
import * as commands from './remote-display-commands.ts'
import { freePort, withoutOtherAddresses } from './remote-display-ports.ts'
import { createDisplayRecords } from './remote-display-records.ts'
import type { Settings } from './settings-file.ts'
import { isResting } from './states.ts'

/** The extension that serves a display by RFB, as VirtualBox lists it. */
export const extensionName = 'VNC'
/** A person's wish for a machine's live screen, kept with the machine. */
export const wishKey = 'Berth/LiveScreen'
/** Six make eight letters: RFB takes no more of a password. */
const passwordBytes = 6
/** How long a machine whose display went away is given to be off. */
const endingMs = 10_000
/** A display that could not be joined is not switched on again and again. */
const maxFailures = 2

/** A viewer of a machine's display. */
export interface DisplayClient {
  /** It is served from now on. */
  arrive(server: RfbServer): void
  /** It is about to be switched off; settles when nobody of this side is connected any more. */
  part(): Promise<void>
}

export interface Look {
  /** It could not be joined, or ended by itself. */
  failed(): void
  leave(): void
}

/**
 * The remote displays of machines whose screen is looked at. VirtualBox's VNC extension ends machines where it is switched while
 * the guest draws, or is on while the machine starts or ends (README). So it is on only while somebody looks, the machine stands
 * still while it is switched, and whoever ends, saves or copies a machine does so `without` it.
 */
export interface RemoteDisplays {
  look(entry: Entry, client: DisplayClient): Look
  /** Does work on a machine while its display is off. */
  without<T>(id: MachineId, work: () => Promise<T>): Promise<T>
  /** Settles when nothing of a machine's display is being switched: the pause during the switch is not one the user asked for. */
  settled(id: MachineId): Promise<void>
  /** Switches off what an earlier Berth left on: no machine starts with it. */
  beforeStart(entry: Entry): Promise<void>
  /** Switches off what an earlier Berth left on, and lets go on what it left paused. */
  recover(): Promise<void>
  dispose(): Promise<void>
}

/** Whether a person wants this machine's screen live, and VirtualBox is set to serve it so. */
export function wantsLiveScreen({ notes, hardware }: Pick<Settings, 'notes' | 'hardware'>): boolean {
  return notes.has(wishKey) && hardware.remoteDisplay.extension === extensionName
}

/** One machine's display. */
interface DisplayState {
  readonly entry: Entry
  readonly clients: Set<DisplayClient>
  /** How many pieces of work are under way that need the display off. */
  suspendCount: number
  failures: number
  /** Where it is served; null while it is off. */
  server: RfbServer | null
  /** What is served is of no use. */
  isBroken: boolean
  work: Promise<void>
}

export function createRemoteDisplays(context: Omit<ProviderContext, 'displays'>): RemoteDisplays {
  const { host, inventory, queue } = context
  const records = createDisplayRecords(host)
  const displays = new Map<string, DisplayState>()
  let isOver = false

  const displayOf = (entry: Entry): DisplayState => {
    const found = displays.get(entry.uuid)
    if (found !== undefined) return found
    const display: DisplayState = {
      entry,
      clients: new Set(),
      suspendCount: 0,
      failures: 0,
      server: null,
      isBroken: false,
      work: Promise.resolve(),
    }
    displays.set(entry.uuid, display)
    return display
  }
  const isWanted = ({ clients, suspendCount, failures, isBroken, entry }: DisplayState): boolean =>
    !isOver &&
    !isBroken &&
    clients.size > 0 &&
    suspendCount === 0 &&
    failures < maxFailures &&
    isOn(inventory.observedState(entry).word)

  /** Brings a display to what is wanted of it, after whatever is being done to it. Never rejects. */
  const settle = (display: DisplayState): Promise<void> => {
    const step = async (): Promise<void> => {
      while (isWanted(display) !== (display.server !== null)) {
        await (display.server === null ? switchOn(display) : switchOff(display))
      }
    }
    display.work = display.work.then(step).catch((error) => {
      display.failures += 1
      host.log.warn('virtualbox.display', { uuid: display.entry.uuid, error: errorOf(error) })
    })
    return display.work
  }
  const stopListening = inventory.onTouched((entry) => {
    const display = displays.get(entry.uuid)
    if (display !== undefined && display.clients.size > 0) void settle(display)
  })

  async function switchOn(display: DisplayState): Promise<void> {
    const { entry, clients } = display
    const { uuid } = entry
    if (await records.has(uuid)) await putOff(entry)
    else if ((await inventory.get(idOf(uuid))).settings.hardware.remoteDisplay.isEnabled) {
      // Somebody else switched it on, and may switch it off while we are connected, which ends the machine (seen).
      display.failures = maxFailures
      return
    }
    const server = {
      host: '127.0.0.1',
      port: await freePort(),
      password: randomBytes(passwordBytes).toString('base64url'),
    }
    try {
      await queue.run(uuid, async () => {
        await runInQueue(context, entry, commands.setPort(uuid, server.port))
        await runInQueue(context, entry, commands.setPassword(uuid, server.password), {
          secrets: [server.password],
          throughFile: true,
        })
      })
      await switchStill(entry, () =>
        withoutOtherAddresses(() => runInQueue(context, entry, commands.switchTo(uuid, 'on'))),
      )
    } catch (error) {
      await putOff(entry).catch(() => {})
      throw error
    }
    display.server = server
    for (const client of clients) client.arrive(server)
  }

  async function switchOff(display: DisplayState): Promise<void> {
    display.server = null
    await Promise.all([...display.clients].map((client) => client.part()))
    display.isBroken = false
    await putOff(display.entry)
  }

  /** Switches off a display that Berth had switched on, whatever became of its machine. */
  async function putOff(entry: Entry): Promise<void> {
    const { uuid } = entry
    await inventory.refresh(entry)
    try {
      if (isOn(inventory.observedState(entry).word)) {
        await switchStill(entry, () => runInQueue(context, entry, commands.switchTo(uuid, 'off')))
        await records.drop(uuid)
        return
      }
    } catch (error) {
      // It may just have ended.
      host.log.info('virtualbox.display.off', { uuid, error: errorOf(error) })
    }
    await inventory.until(idOf(uuid), ({ word }) => isResting(word), quietOp, endingMs)
    await queue.run(uuid, () => runInQueue(context, entry, commands.offAtRest(uuid)))
    await records.drop(uuid)
  }

  /**
   * Switches a machine's display while its guest stands still. Its row goes on showing what it showed. That it stands still because
   * of us is written down before, for whoever comes after an end of Berth in between.
   */
  function switchStill(entry: Entry, work: () => Promise<void>): Promise<void> {
    const { uuid } = entry
    return inventory.withTransientState(entry, inventory.machine(entry).state, () =>
      queue.run(uuid, async () => {
        await inventory.refresh(entry)
        const runs = inventory.observedState(entry).word === 'running'
        const isPausedByUs = runs || (await records.isPausedByUs(uuid))
        await records.write(uuid, isPausedByUs)
        if (runs) await runInQueue(context, entry, power.control(uuid, 'pause'))
        try {
          await work()
        } finally {
          if (isPausedByUs) {
            await runInQueue(context, entry, power.control(uuid, 'resume'))
            await records.write(uuid, false)
          }
        }
      }),
    )
  }

  return {
    look(entry, client) {
      const display = displayOf(entry)
      if (display.clients.size === 0) display.failures = 0
      display.clients.add(client)
      if (display.server !== null && !display.isBroken) client.arrive(display.server)
      else void settle(display)
      return {
        failed() {
          if (!display.clients.has(client) || display.server === null) return
          display.failures += 1
          display.isBroken = true
          void settle(display)
        },
        leave() {
          if (display.clients.delete(client)) void settle(display)
        },
      }
    },
    async without(id, work) {
      const entry = await inventory.find(id)
      if (entry === null) return work()
      const display = displayOf(entry)
      display.suspendCount += 1
      try {
        await settle(display)
        return await work()
      } finally {
        display.suspendCount -= 1
        void settle(display)
      }
    },
    settled: async (id) => displays.get(parseId(id)?.key ?? '')?.work,
    async beforeStart(entry) {
      if (await records.has(entry.uuid)) await putOff(entry)
    },
    async recover() {
      for (const uuid of await records.uuids()) {
        const entry = await inventory.find(idOf(uuid))
        if (entry === null) await records.drop(uuid)
        else if (entry.problem === null) {
          await putOff(entry).catch((error) =>
            host.log.error('virtualbox.recover', { what: 'display', uuid, error: errorOf(error) }),
          )
        }
      }
    },
    async dispose() {
      isOver = true
      stopListening()
      await Promise.all([...displays.values()].map(settle))
    },
  }
}

/** States in which a machine's display can be switched. */
function isOn(word: string): boolean {
  return word === 'running' || word === 'paused'
}
