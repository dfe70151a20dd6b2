import type { MachineId } from '../../app/domain/ids.ts'
import { MiB } from '../../app/domain/units.ts'
import { createVirtualBoxProvider } from '../../main/providers/virtualbox/provider.ts'
import { op, temporaryHost } from '../conformance/ground.ts'
import { describeProvider } from '../conformance/provider-suite.ts'
import { talkTo } from '../conformance/talk.ts'
import { missingVirtualBox, openLab } from '../support/virtualbox-lab.ts'

describeProvider('VirtualBox', {
  missing: missingVirtualBox,
  facets: [
    'reset',
    'restart',
    'pause',
    'suspend',
    'snapshots',
    'consoles',
    'screens',
    'create',
    'clone',
    'locate',
    'exporting',
    'importing',
    'rename',
    'configure',
    'remove',
    'trash',
    'stats',
  ],
  // VirtualBox stands still for ten seconds at times, and finishes what it began.
  hasFiles: true,
  promptMs: 25_000,
  async start() {
    const lab = await openLab('live-conformance')
    const { host, remove } = await temporaryHost()
    const provider = createVirtualBoxProvider(host)
    await provider.recover(op())
    const uuidOf = (id: MachineId): string => id.slice('virtualbox:'.length)
    const marks: string[] = []
    /**
     * A guest that has not booted yet does not hear: it is asked again. What it said before, to whoever listened then, may come
     * once more: a mark that it repeats tells what is new.
     */
    const ask = async (id: MachineId, line: string, answer: RegExp): Promise<string> => {
      for (let left = 40; ; left -= 1) {
        const target = await provider.consoles?.target(id, 'serial0', { user: null, folder: null }, op())
        if (target === undefined) throw new Error('no console')
        const talk = await talkTo(target)
        try {
          const mark = `m${marks.push(line)}`
          talk.type(`echo ${mark}\r`)
          await talk.until(new RegExp(`\\n${mark}\r`), 1_500)
          talk.type(`${line}\r`)
          return await talk.until(answer, 1_500)
        } catch (error) {
          if (left === 0) throw error
        } finally {
          talk.end()
        }
      }
    }
    const made: string[] = []
    return {
      provider,
      endpointId: 'virtualbox:local',
      spec(name) {
        void lab.endOlder(8).catch(() => {})
        return {
          kind: 'vm',
          endpointId: 'virtualbox:local',
          // Two machines of one name are refused, since they would share a folder.
          name: `${name} ${made.push(name)}`,
          arch: 'x86_64',
          osType: 'Other',
          cpus: 1,
          memoryBytes: 16 * MiB,
          disk: { from: 'image', path: lab.guestDisk, format: 'raw', use: 'copy' },
          isoPath: null,
          network: { mode: 'none' },
          firmware: 'bios',
          startAfter: false,
        }
      },
      async read(id) {
        const said = await ask(id, 'read', /(?:On the disk: [^\r]*|Nothing is on the disk[^\r]*)\r/)
        return /On the disk: ([^\r]*)\r(?![\s\S]*On the disk)/.exec(said)?.[1] ?? ''
      },
      async write(id, text) {
        await ask(id, `write ${text}`, /Written to the disk/)
      },
      async stopOutside(id) {
        process.kill((await lab.pidOf(uuidOf(id))) ?? 0, 'SIGKILL')
      },
      async leave() {
        await provider.dispose()
        const left = await lab.leave()
        await remove()
        return left
      },
    }
  },
})
