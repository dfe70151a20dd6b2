import { randomBytes } from 'node:crypto'
import { errorOf } from '../../../app/domain/errors.ts'
import { type MachineId, parseId } from '../../../app/domain/ids.ts'
import type { RfbServer } from '../../screen/rfb-hello.ts'
import * as power from './commands.ts'
import type { Entry } from './entry.ts'
import { idOf } from './inventory.ts'
import * as commands from './remote-display-commands.ts'
import { freePort, withoutOtherAddresses } from './remote-display-ports.ts'
import { createDisplayRecords } from './remote-display-records.ts'
import type { Settings } from './settings-file.ts'
import { isResting } from './states.ts'
import { quietOp, tell, type World } from './world.ts'

/** The extension that serves a display by RFB, as VirtualBox lists it. */
export const extensionName = 'VNC'
/** A person's wish for a machine's live screen, kept with the machine. */
export const wishKey = 'Berth/LiveScreen'
/** Six make eight letters: RFB takes no more of a password. */
const passwordBytes = 6
/** How long a machine whose display went away is given to be off. */
const endingMs = 10_000
/** A display that could not be joined is not switched on again and again. */
const mostFailures = 2

/** Somebody who looks at a machine's display. */
export interface Onlooker {
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
  look(entry: Entry, onlooker: Onlooker): Look
  /** Does work on a machine while its display is off. */
  without<T>(id: MachineId, work: () => Promise<T>): Promise<T>
  /** Settles when nothing of a machine's display is being switched: it is paused for that, which is nobody's wish. */
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
interface Door {
  readonly entry: Entry
  readonly onlookers: Set<Onlooker>
  /** How many do something that it must not be on for. */
  quiets: number
  failures: number
  /** Where it is served; null while it is off. */
  server: RfbServer | null
  /** What is served is of no use. */
  isBroken: boolean
  work: Promise<void>
}

export function createRemoteDisplays(world: Omit<World, 'displays'>): RemoteDisplays {
  const { host, inventory, queue } = world
  const records = createDisplayRecords(host)
  const doors = new Map<string, Door>()
  let isOver = false

  const doorOf = (entry: Entry): Door => {
    const found = doors.get(entry.uuid)
    if (found !== undefined) return found
    const door: Door = {
      entry,
      onlookers: new Set(),
      quiets: 0,
      failures: 0,
      server: null,
      isBroken: false,
      work: Promise.resolve(),
    }
    doors.set(entry.uuid, door)
    return door
  }
  const isWanted = ({ onlookers, quiets, failures, isBroken, entry }: Door): boolean =>
    !isOver &&
    !isBroken &&
    onlookers.size > 0 &&
    quiets === 0 &&
    failures < mostFailures &&
    isOn(inventory.sight(entry).word)

  /** Brings a display to what is wanted of it, after whatever is being done to it. Never rejects. */
  const settle = (door: Door): Promise<void> => {
    const step = async (): Promise<void> => {
      while (isWanted(door) !== (door.server !== null)) {
        await (door.server === null ? switchOn(door) : switchOff(door))
      }
    }
    door.work = door.work.then(step).catch((error) => {
      door.failures += 1
      host.log.warn('virtualbox.display', { uuid: door.entry.uuid, error: errorOf(error) })
    })
    return door.work
  }
  const stopListening = inventory.onTouched((entry) => {
    const door = doors.get(entry.uuid)
    if (door !== undefined && door.onlookers.size > 0) void settle(door)
  })

  async function switchOn(door: Door): Promise<void> {
    const { entry, onlookers } = door
    const { uuid } = entry
    if (await records.has(uuid)) await putOff(entry)
    else if ((await inventory.get(idOf(uuid))).settings.hardware.remoteDisplay.isEnabled) {
      // Somebody else switched it on, and may switch it off while we are connected, which ends the machine (seen).
      door.failures = mostFailures
      return
    }
    const server = {
      host: '127.0.0.1',
      port: await freePort(),
      password: randomBytes(passwordBytes).toString('base64url'),
    }
    try {
      await queue.run(uuid, async () => {
        await tell(world, entry, commands.setPort(uuid, server.port))
        await tell(world, entry, commands.setPassword(uuid, server.password), {
          secrets: [server.password],
          throughFile: true,
        })
      })
      await switchStill(entry, () => withoutOtherAddresses(() => tell(world, entry, commands.switchTo(uuid, 'on'))))
    } catch (error) {
      await putOff(entry).catch(() => {})
      throw error
    }
    door.server = server
    for (const onlooker of onlookers) onlooker.arrive(server)
  }

  async function switchOff(door: Door): Promise<void> {
    door.server = null
    await Promise.all([...door.onlookers].map((onlooker) => onlooker.part()))
    door.isBroken = false
    await putOff(door.entry)
  }

  /** Switches off a display that Berth had switched on, whatever became of its machine. */
  async function putOff(entry: Entry): Promise<void> {
    const { uuid } = entry
    await inventory.refresh(entry)
    try {
      if (isOn(inventory.sight(entry).word)) {
        await switchStill(entry, () => tell(world, entry, commands.switchTo(uuid, 'off')))
        await records.drop(uuid)
        return
      }
    } catch (error) {
      // It may just have ended.
      host.log.info('virtualbox.display.off', { uuid, error: errorOf(error) })
    }
    await inventory.until(idOf(uuid), ({ word }) => isResting(word), quietOp, endingMs)
    await queue.run(uuid, () => tell(world, entry, commands.offAtRest(uuid)))
    await records.drop(uuid)
  }

  /**
   * Switches a machine's display while its guest stands still. Its row goes on showing what it showed. That it stands still because
   * of us is written down before, for whoever comes after an end of Berth in between.
   */
  function switchStill(entry: Entry, work: () => Promise<void>): Promise<void> {
    const { uuid } = entry
    return inventory.hold(entry, inventory.machine(entry).state, () =>
      queue.run(uuid, async () => {
        await inventory.refresh(entry)
        const runs = inventory.sight(entry).word === 'running'
        const isPausedByUs = runs || (await records.isPausedByUs(uuid))
        await records.write(uuid, isPausedByUs)
        if (runs) await tell(world, entry, power.control(uuid, 'pause'))
        try {
          await work()
        } finally {
          if (isPausedByUs) {
            await tell(world, entry, power.control(uuid, 'resume'))
            await records.write(uuid, false)
          }
        }
      }),
    )
  }

  return {
    look(entry, onlooker) {
      const door = doorOf(entry)
      if (door.onlookers.size === 0) door.failures = 0
      door.onlookers.add(onlooker)
      if (door.server !== null && !door.isBroken) onlooker.arrive(door.server)
      else void settle(door)
      return {
        failed() {
          if (!door.onlookers.has(onlooker) || door.server === null) return
          door.failures += 1
          door.isBroken = true
          void settle(door)
        },
        leave() {
          if (door.onlookers.delete(onlooker)) void settle(door)
        },
      }
    },
    async without(id, work) {
      const entry = await inventory.find(id)
      if (entry === null) return work()
      const door = doorOf(entry)
      door.quiets += 1
      try {
        await settle(door)
        return await work()
      } finally {
        door.quiets -= 1
        void settle(door)
      }
    },
    settled: async (id) => doors.get(parseId(id)?.key ?? '')?.work,
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
      await Promise.all([...doors.values()].map(settle))
    },
  }
}

/** States in which a machine's display can be switched. */
function isOn(word: string): boolean {
  return word === 'running' || word === 'paused'
}
