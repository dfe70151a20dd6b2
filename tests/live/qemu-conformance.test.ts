import { execFileSync } from 'node:child_process'
import { describeProvider } from '../conformance/provider-suite.ts'
import { missingQemu, qemuGround, specOf } from './qemu-ground.ts'

/** A guest that has not booted yet does not hear: it is asked again. */
async function until<T>(job: () => Promise<T>, times = 40): Promise<T> {
  for (let left = times; ; left -= 1) {
    try {
      return await job()
    } catch (error) {
      if (left === 0) throw error
    }
  }
}

describeProvider('QEMU', {
  missing: missingQemu,
  facets: [
    'reset',
    'restart',
    'pause',
    'suspend',
    'snapshots',
    'consoles',
    'create',
    'clone',
    'locate',
    'rename',
    'configure',
    'remove',
    'trash',
    'stats',
    'screens',
  ],
  hasFiles: true,
  promptMs: 20_000,
  async start() {
    const ground = await qemuGround()
    const ask = (id: `${string}:${string}`): Promise<string> =>
      until(() => ground.ask(id, '?', /\[([^\]]*)\]\r\n/, 500))
    return {
      provider: ground.provider,
      endpointId: 'qemu:local',
      spec: (name) => specOf(name, ground.guestDisk),
      read: ask,
      async write(id, text) {
        await ask(id)
        await ground.ask(id, `=${text}\n`, /OK/)
      },
      async stopOutside(id) {
        const uuid = id.slice(id.indexOf(':') + 1)
        const pid = execFileSync('pgrep', ['-f', `qemu-system.*-uuid ${uuid}`])
          .toString()
          .trim()
        process.kill(Number(pid), 'SIGTERM')
      },
      async leave() {
        await ground.leave()
        return ground.processesLeft()
      },
    }
  },
})
