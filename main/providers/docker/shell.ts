import { failure } from '../../../app/domain/errors.ts'
import type { Host, Op } from '../provider.ts'
import { execAnywhere } from './commands.ts'
import { attempt } from './engine.ts'
import { engineFailure } from './errors.ts'
import type { Container } from './inspect.ts'
import type { Target } from './provider-context.ts'

export interface Shell {
  /** For the tab. */
  readonly title: string
  readonly words: readonly string[]
}

const answerMs = 20_000

/**
 * Asked of whatever `sh` there is; prints the best shell's name and ends, so that nothing of it stays behind. A login shell's
 * own choice is left alone: an image that has bash has it for people.
 */
const question = 'command -v bash >/dev/null 2>&1 && echo bash || echo sh'

/** Tried in turn where there is no `sh`: each ends at once when it is there. */
const others: readonly Shell[] = [
  { title: 'bash', words: ['bash'] },
  { title: 'ash', words: ['ash'] },
  { title: 'busybox sh', words: ['busybox', 'sh'] },
  { title: 'busybox sh', words: ['/bin/busybox', 'sh'] },
]

/** Finds the best shell a container has; asked once per image. Throws a sentence for one that has none. */
export function createShellFinder(host: Host): (target: Target, container: Container, op: Op) => Promise<Shell> {
  const byImage = new Map<string, Shell>()

  return async ({ engine, containerId }, container, op) => {
    const known = byImage.get(container.imageId)
    if (known !== undefined) return known
    const ask = async (words: readonly string[]): Promise<string | null> => {
      const result = await attempt(host, engine, [...execAnywhere, containerId, ...words], op, { timeoutMs: answerMs })
      if (result.exitCode === 0) return result.stdout.trim()
      const problem = engineFailure(result, engine.product)
      const { error } = problem
      // No such program, or one for another processor: not this shell. Anything else is about the container.
      if (error.message.key === 'docker.error.noProgram' || /OCI runtime|exec format error/.test(result.stderr))
        return null
      throw problem
    }
    const remember = (shell: Shell): Shell => {
      byImage.set(container.imageId, shell)
      return shell
    }
    const best = await ask(['sh', '-c', question])
    if (best !== null)
      return remember(best === 'bash' ? { title: 'bash', words: ['bash'] } : { title: 'sh', words: ['sh'] })
    for (const shell of others) {
      if ((await ask([...shell.words, '-c', ':'])) !== null) return remember(shell)
    }
    throw failure(
      'unsupported',
      { key: 'docker.console.noShell', params: { image: container.image } },
      { hint: { key: 'docker.console.noShell.hint' } },
    )
  }
}
