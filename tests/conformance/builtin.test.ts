import { builtinGround } from '../support/builtin-ground.ts'
import { describeProvider } from './provider-suite.ts'

describeProvider('built-in machines', {
  missing: null,
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
    'rename',
    'configure',
    'remove',
    'trash',
    'stats',
  ],
  hasFiles: true,
  promptMs: 20_000,
  async start() {
    const ground = await builtinGround()
    return {
      provider: ground.provider,
      endpointId: 'builtin:local',
      spec: (name) => ground.spec(name),
      async write(id, text) {
        await ground.say(id, `write ${text}`, /Written to the disk\./)
      },
      async read(id) {
        const answer = await ground.say(id, 'read', /(?:On the disk: (?<text>[^\r\n]*)|Nothing is on the disk yet)/)
        return answer.groups?.['text'] ?? ''
      },
      async stopOutside(id) {
        await ground.type(id, 'halt\r')
      },
      leave: ground.leave,
    }
  },
})
