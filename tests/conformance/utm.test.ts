import { vi } from 'vitest'
import type { MachineId } from '../../app/domain/ids.ts'
import { missingQemu, type UtmGround, utmGround } from '../support/utm/ground.ts'
import { op } from './ground.ts'
import { describeProvider } from './provider-suite.ts'
import { talkTo } from './talk.ts'
import { specOf } from './utm-spec.ts'

// A machine takes several programs for every step, on whatever else this computer does.
vi.setConfig({ testTimeout: 180_000 })

/**
 * On the stand-in for UTM, whose machines are run by the real QEMU: macOS is not here. What only the real UTM shows is not
 * shown by this.
 */
describeProvider('UTM (stand-in)', {
  missing: missingQemu,
  facets: [
    'restart',
    'pause',
    'suspend',
    'snapshots',
    'consoles',
    'create',
    'clone',
    'exporting',
    'importing',
    'rename',
    'configure',
    'remove',
    'trash',
    'files',
    'commands',
  ],
  hasFiles: true,
  promptMs: 20_000,
  async start() {
    const ground = await utmGround({ snapshots: true })
    let made = 0
    return {
      provider: ground.provider,
      endpointId: 'utm:local',
      // UTM takes no two machines of one name.
      spec: (name) => specOf(`${name} ${++made}`, ground.guestDisk),
      read: (id) => ask(ground, id, '?', /\[([^\]]*)\]\r\n/),
      async write(id, text) {
        await ask(ground, id, '?', /\[[^\]]*\]\r\n/)
        await ask(ground, id, `=${text}\n`, /(OK)/)
      },
      async stopOutside(id) {
        await ground.outside('stop', id.slice('utm:'.length))
      },
      leave: ground.leave,
    }
  },
})

/** What the guest answers on its serial port; it is asked again until it has booted. */
async function ask(ground: UtmGround, id: MachineId, typed: string, answer: RegExp): Promise<string> {
  const target = await ground.provider.consoles?.target(id, 'serial0', { user: null, folder: null }, op())
  if (target === undefined) throw new Error('no console')
  const talk = await talkTo(target)
  try {
    for (let left = 40; ; left -= 1) {
      talk.type(typed)
      try {
        const heard = await talk.until(answer, 1_000)
        return answer.exec(heard)?.[1] ?? ''
      } catch (error) {
        if (left === 0) throw error
      }
    }
  } finally {
    talk.end()
  }
}
