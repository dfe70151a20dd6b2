import type { MachineId } from '../../app/domain/ids.ts'
import type { Provider } from '../../main/providers/provider.ts'
import { op } from '../conformance/ground.ts'
import { talkTo } from '../conformance/talk.ts'

/** A person at the shell of a Linux machine's serial console. */
export interface LinuxShell {
  /** Types a command and gives what it said. */
  readonly run: (command: string) => Promise<string>
  readonly type: (text: string) => void
  readonly until: (pattern: RegExp, timeoutMs?: number) => Promise<string>
  readonly end: () => void
}

export const linuxPrompt = /root@linux:\S+# $/

export async function shellOf(provider: Provider, id: MachineId): Promise<LinuxShell> {
  const target = await provider.consoles?.target(id, 'serial0', { user: null, folder: null }, op())
  if (target === undefined) throw new Error('no consoles')
  const { type, until, end } = await talkTo(target)
  // What is shown first may be what another one typed.
  const own = Math.random().toString(36).slice(2)
  let count = 0
  return {
    type,
    until,
    end,
    async run(command) {
      count += 1
      // Put together by the shell, so that the line that is typed does not have the words.
      const mark = `${own}-${count}`
      type(`echo "be""gin-${mark}"; ${command}; echo "en""d-${mark}"\r`)
      const said = await until(new RegExp(`end-${mark}\\r\\n`), 60_000)
      const begin = `begin-${mark}\r\n`
      return said
        .slice(said.lastIndexOf(begin) + begin.length, said.lastIndexOf(`end-${mark}`))
        .replaceAll('\r', '')
        .trimEnd()
    },
  }
}
