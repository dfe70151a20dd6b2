import type { ConsoleOption } from '../../../app/domain/console.ts'
import { failure } from '../../../app/domain/errors.ts'
import type { MachineId } from '../../../app/domain/ids.ts'
import type { Text } from '../../../app/messages/text.ts'
import { lastLines } from '../../console/last-lines.ts'
import type { ConsoleTarget } from '../../console/target.ts'
import type { ConsoleOps, Op } from '../provider.ts'
import * as commands from './commands.ts'
import { attempt, type Engine } from './engine.ts'
import { engineFailure, saidFailure } from './errors.ts'
import type { Container } from './inspect.ts'
import { type Fields, fieldsOf, textOf, textsOf } from './json.ts'
import { stateOfContainer } from './machine.ts'
import { type ProviderContext, type Target, targetOf } from './provider-context.ts'
import { createShellFinder } from './shell.ts'
import { foregroundOf, hangUp, markFor, shellWords } from './shell-session.ts'

const environment = { TERM: 'xterm-256color' } as const
/** Lines shown before those to come. */
const logLines = 2_000
/**
 * A tab has its own way to be left. Docker knows no empty sequence, and holds its first key back until the next one comes: the one
 * that programs use least. Podman takes an empty one.
 */
const detachKeys = { docker: 'ctrl-^,ctrl-@,ctrl-^,ctrl-@', podman: '' } as const
/** Names that say which characters a program may use; the first of them that is set counts. */
const localeNames = /^(?:LC_ALL|LC_CTYPE|LANG)=./

export function createConsoles(context: ProviderContext): ConsoleOps {
  const { host, endpoints, leftShells } = context
  const findShell = createShellFinder(host)

  const programTarget = (
    target: Target,
    title: string,
    args: readonly string[],
  ): Extract<ConsoleTarget, { kind: 'pty' }> => ({
    kind: 'pty',
    title,
    file: target.engine.file,
    args: [...target.engine.prefix, ...args],
    env: environment,
    explain: (exitCode, lastOutput) => explainEnd(exitCode, lastOutput, target.engine.product),
  })

  return {
    async options(id, op) {
      return consoleOptions(await endpoints.known(id, op))
    },

    async target(id, consoleId, as, op) {
      const container = await endpoints.known(id, op)
      const option = consoleOptions(container).find((candidate) => candidate.id === consoleId)
      if (option === undefined) throw failure('not-found', { key: 'docker.console.unknown' })
      if (option.withheld !== null) throw failure('wrong-state', option.withheld)
      const target = targetOf(context, id)
      switch (option.kind) {
        case 'shell': {
          const shell = await findShell(target, container, op)
          const { raw } = await endpoints.inspect(id, op)
          const config = fieldsOf(raw['Config'])
          const { engine, containerId } = target
          const mark = markFor(containerId, shell.words, as.user)
          await leftShells.opened(engine.endpointId, mark)
          return {
            ...programTarget(
              target,
              shell.title,
              execArgs(engine.flavour, containerId, shellWords(mark, folderOf(config, as.folder)), {
                ...as,
                hasLocale: textsOf(config['Env']).some((entry) => localeNames.test(entry)),
              }),
            ),
            foreground: () => foregroundOf(host, engine, mark),
            async leave() {
              await hangUp(host, engine, mark)
              await leftShells.closed(mark)
            },
          }
        }
        case 'attach':
          return programTarget(
            target,
            container.name,
            attachArgs(target.engine.flavour, target.containerId, option.writable),
          )
        default:
          return {
            kind: 'output',
            title: consoleId,
            file: target.engine.file,
            args: [
              ...target.engine.prefix,
              ...commands.logs(target.containerId, {
                follow: true,
                tail: logLines,
                timestamps: consoleId === 'logs-timestamps',
              }),
            ],
            env: {},
          }
      }
    },

    async tail(id: MachineId, lines: number, op: Op): Promise<string | null> {
      const container = await endpoints.known(id, op)
      if (!keepsLog(container)) return null
      const { engine, containerId } = targetOf(context, id)
      const result = await attempt(
        host,
        engine,
        commands.logs(containerId, { follow: false, tail: lines, timestamps: false }),
        op,
      )
      if (result.exitCode !== 0) throw engineFailure(result, engine.product)
      return lastLines(`${result.stdout}${result.stderr}`, lines)
    },
  }
}

/** Best first. What cannot be opened now is there, with the reason. */
export function consoleOptions(container: Container): readonly ConsoleOption[] {
  const attached = stateReason(container, 'attach')
  const isWritable = container.openStdin && (container.tty || !container.stdinOnce)
  const logs = keepsLog(container) ? null : ({ key: 'docker.console.noLog' } as const)
  return [
    {
      id: 'shell',
      kind: 'shell',
      label: { key: 'docker.console.shell' },
      writable: true,
      withheld: stateReason(container, 'shell'),
    },
    { id: 'logs', kind: 'logs', label: { key: 'docker.console.logs' }, writable: false, withheld: logs },
    {
      id: 'logs-timestamps',
      kind: 'logs',
      label: { key: 'docker.console.logsTimestamps' },
      writable: false,
      withheld: logs,
    },
    // Input given to a program that ends with its first input would end it when the tab closes: it is only watched.
    { id: 'attach', kind: 'attach', label: { key: 'docker.console.attach' }, writable: isWritable, withheld: attached },
  ]
}

function stateReason(container: Container, what: 'shell' | 'attach'): Text | null {
  const state = stateOfContainer(container)
  if (state === 'running') return null
  if (state === 'paused') return { key: what === 'shell' ? 'docker.console.paused' : 'docker.console.attachPaused' }
  if (state === 'starting') return { key: 'docker.console.restarting' }
  return { key: what === 'shell' ? 'docker.console.stopped' : 'docker.console.attachStopped' }
}

function keepsLog(container: Container): boolean {
  return container.logDriver !== 'none'
}

/** The folder a shell goes to by itself; null where the engine is given one, or there is none but the root. */
function folderOf(config: Fields, given: string | null): string | null {
  const own = textOf(config['WorkingDir'])
  return (given ?? '') !== '' || own === '' || own === '/' ? null : own
}

export function execArgs(
  flavour: Engine['flavour'],
  containerId: string,
  words: readonly string[],
  as: { readonly user: string | null; readonly folder: string | null; readonly hasLocale: boolean },
): readonly string[] {
  return [
    'exec',
    '--interactive',
    '--tty',
    '--env',
    `TERM=${environment.TERM}`,
    // Without one a shell takes every letter beyond ASCII apart.
    ...(as.hasLocale ? [] : ['--env', 'LANG=C.UTF-8']),
    `--detach-keys=${detachKeys[flavour]}`,
    ...(as.user === null || as.user === '' ? [] : ['--user', as.user]),
    ...['--workdir', as.folder === null || as.folder === '' ? '/' : as.folder],
    containerId,
    ...words,
  ]
}

/** Signals are not passed on: the one that ends the tab's program would end the container's. */
export function attachArgs(flavour: Engine['flavour'], containerId: string, writable: boolean): readonly string[] {
  return [
    'attach',
    '--sig-proxy=false',
    `--detach-keys=${detachKeys[flavour]}`,
    ...(writable ? [] : ['--no-stdin']),
    containerId,
  ]
}

/**
 * What the end of an exec means when its program could not do its work: 125 to 127 are the engine's own, as is 1 with a word
 * of the engine. null for an ordinary end.
 */
export function explainEnd(exitCode: number, lastOutput: string, product: string): Text | null {
  if (exitCode === 0) return null
  if (exitCode < 125 && !/Error response from daemon|^Error: |OCI runtime/m.test(lastOutput)) return null
  const { error } = saidFailure(lastOutput, product)
  return error.code === 'tool-failed' ? null : error.message
}
