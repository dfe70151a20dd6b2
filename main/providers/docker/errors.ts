import type { ErrorCode, Failure } from '../../../app/domain/errors.ts'
import { failure } from '../../../app/domain/errors.ts'
import type { MessageKey, Text, TextParams } from '../../../app/messages/text.ts'
import type { RunResult } from '../../exec/command.ts'
import { commandDetail, commandFailure, joinSaid, saidLines } from '../../exec/failure.ts'

/** One sentence of the tool, and what it means. The names of the pattern's groups are the holes of its sentence. */
export interface ErrorRow {
  readonly pattern: RegExp
  readonly code: ErrorCode
  readonly message: MessageKey
  readonly hint?: MessageKey
  /** The field of a creation that it is about. */
  readonly field?: string
}

/**
 * What docker (daemon 20.10 to 28) and podman (4.3) say when they fail. The first row that matches wins: rows about the way to
 * the engine come before what the engine itself says. Every row has a recording in tests/fixtures/cli.
 */
export const errorRows: readonly ErrorRow[] = [
  {
    pattern: /context "(?<context>[^"]{1,500})": context not found|context "(?<other>[^"]{1,500})" does not exist/,
    code: 'not-found',
    message: 'docker.error.context',
  },
  {
    pattern: /client version (?<client>[\d.]+) is too new\. Maximum supported API version is (?<server>[\d.]+)/,
    code: 'tool-too-old',
    message: 'docker.error.serverTooOld',
    hint: 'docker.error.serverTooOld.hint',
  },
  {
    pattern: /client version (?<client>[\d.]+) is too old\. Minimum supported API version is (?<server>[\d.]+)/,
    code: 'tool-too-old',
    message: 'docker.error.clientTooOld',
    hint: 'docker.error.clientTooOld.hint',
  },
  {
    pattern: /permission denied while trying to connect|connect: permission denied|dial unix \S+: permission denied/,
    code: 'permission',
    message: 'docker.error.permission',
    hint: 'docker.error.permission.hint',
  },
  {
    pattern:
      /command \[ssh .{0,500}?stderr=(?<reason>[^\n]{0,500})|error during connect:[^\n]{0,200}?ssh[^\n]{0,300}?(?<other>exit status \d+)/,
    code: 'unreachable',
    message: 'docker.error.ssh',
    hint: 'docker.error.ssh.hint',
  },
  {
    pattern: /Cannot connect to the Docker daemon at (?<place>\S+?)\. Is the docker daemon running\?/,
    code: 'unreachable',
    message: 'docker.error.daemon',
    hint: 'docker.error.daemon.hint',
  },
  {
    pattern: /(?:error during connect|failed to connect to the docker API)[^\n]{0,500}/i,
    code: 'unreachable',
    message: 'docker.error.connect',
    hint: 'docker.error.daemon.hint',
  },
  {
    pattern: /no space left on device/,
    code: 'no-space',
    message: 'docker.error.noSpace',
    hint: 'docker.error.noSpace.hint',
  },
  {
    // A dockerd that ends while it starts a container leaves the container's shim, and knows nothing of it afterwards.
    pattern: /task [0-9a-f]{64}: already exists/,
    code: 'tool-failed',
    message: 'docker.error.taskLeft',
    hint: 'docker.error.taskLeft.hint',
  },
  {
    pattern: /max depth exceeded/,
    code: 'unsupported',
    message: 'docker.error.layers',
    hint: 'docker.error.layers.hint',
  },
  {
    pattern:
      /container name "\/?(?<name>[^"]{1,500})" is already in use|name "(?<other>[^"]{1,500})" is in use: container already exists/,
    code: 'already-exists',
    message: 'docker.error.nameInUse',
    hint: 'docker.error.nameInUse.hint',
    field: 'name',
  },
  {
    pattern: /Invalid container name \(\/?(?<name>[\s\S]*?)\), only|names must match \[a-zA-Z0-9\]/,
    code: 'invalid-input',
    message: 'docker.error.name',
    hint: 'docker.error.name.hint',
    field: 'name',
  },
  {
    pattern: /Bind for (?:\S*:)?(?<port>\d+) failed: port is already allocated/,
    code: 'in-use',
    message: 'docker.error.portInUse',
    hint: 'docker.error.portInUse.hint',
    field: 'ports',
  },
  {
    pattern: /listen (?:tcp|udp)\S* \S*?:(?<port>\d+): bind: address already in use/,
    code: 'in-use',
    message: 'docker.error.portInUse',
    hint: 'docker.error.portInUse.hint',
    field: 'ports',
  },
  {
    pattern: /bind: cannot assign requested address/,
    code: 'invalid-input',
    message: 'docker.error.portAddress',
    field: 'ports',
  },
  {
    pattern:
      /pull access denied for (?<image>[^\s,]+)|unauthorized: authentication required|requested access to the resource is denied|from daemon: denied$/m,
    code: 'permission',
    message: 'docker.error.pullDenied',
    hint: 'docker.error.pullDenied.hint',
    field: 'image',
  },
  {
    pattern: /manifest for (?<image>\S+) not found|manifest unknown/,
    code: 'not-found',
    message: 'docker.error.noManifest',
    hint: 'docker.error.noManifest.hint',
    field: 'image',
  },
  {
    pattern: /no matching manifest for (?<platform>\S+)/,
    code: 'unsupported',
    message: 'docker.error.platform',
    field: 'image',
  },
  {
    pattern:
      /(?:Get|Head) "https?:\/\/(?<registry>[^/"]+)\/v2\/[^\n]{0,500}|pinging container registry (?<other>\S+?):/,
    code: 'unreachable',
    message: 'docker.error.registry',
    hint: 'docker.error.registry.hint',
    field: 'image',
  },
  {
    pattern: /No such image: (?<image>[^\s]+)|(?<!\S)(?<other>\S+): image not known/,
    code: 'not-found',
    message: 'docker.error.noImage',
    hint: 'docker.error.noImage.hint',
    field: 'image',
  },
  {
    pattern: /invalid reference format|repository name must not be more than \d+ characters/,
    code: 'invalid-input',
    message: 'docker.error.reference',
    hint: 'docker.error.reference.hint',
    field: 'image',
  },
  {
    pattern: /No command specified|no command or entrypoint provided/,
    code: 'invalid-input',
    message: 'docker.error.noCommand',
    field: 'command',
  },
  {
    pattern:
      /bind source path does not exist: (?<path>[^\n]{1,500})|error while creating mount source path '(?<other>[^']{1,500})'/,
    code: 'not-found',
    message: 'docker.error.noFolder',
    field: 'mounts',
  },
  {
    pattern:
      /invalid mount config|invalid volume specification|includes invalid characters for a local volume name|volume name is too short/,
    code: 'invalid-input',
    message: 'docker.error.mount',
    field: 'mounts',
  },
  {
    pattern: /(?:Range of CPUs|Minimum memory limit|Memory limit should be|Minimum memoryswap)[^\n]{0,500}/,
    code: 'invalid-input',
    message: 'docker.error.limits',
  },
  {
    pattern: /(?:is paused, unpause the container|attach to a paused container)/,
    code: 'wrong-state',
    message: 'docker.error.paused',
  },
  {
    pattern: /exec(?: failed)?: "(?<program>[^"]{1,500})": (?:executable file not found|stat [^\n]{0,500}no such file)/,
    code: 'not-found',
    message: 'docker.error.noProgram',
    hint: 'docker.error.noProgram.hint',
    field: 'command',
  },
  {
    pattern: /exec: "(?<program>[^"]{1,500})": permission denied/,
    code: 'permission',
    message: 'docker.error.notExecutable',
    field: 'command',
  },
  {
    pattern: /network (?<network>\S+) not found/,
    code: 'not-found',
    message: 'docker.error.noNetwork',
  },
  {
    pattern: /No such container: (?<id>\S+)|no container with name or ID "?(?<other>[^"\s]+)"? found/,
    code: 'not-found',
    message: 'error.machineGone',
  },
  {
    pattern:
      /Could not find the file (?<path>[\s\S]{1,1000}) in container|"(?<other>[^"]{1,500})" could not be found on container|^no such directory$/m,
    code: 'not-found',
    message: 'docker.error.noPath',
  },
  { pattern: /no such volume|no volume with name/, code: 'not-found', message: 'docker.error.noVolume' },
  { pattern: /volume is in use|volume is being used/, code: 'in-use', message: 'docker.error.volumeInUse' },
  {
    pattern: /container (?<id>\S+) is using its referenced image|image is in use by (?:a )?container/i,
    code: 'in-use',
    message: 'docker.error.imageInUse',
  },
  {
    pattern: /is not running|is not paused|is already paused|container state improper/,
    code: 'wrong-state',
    message: 'docker.error.state',
  },
]

/**
 * The failure of a command: by the first row that matches, else in general words. Nothing is guessed. `known` fills what the
 * tool's sentence leaves out, such as the image that was asked for.
 */
export function engineFailure(result: RunResult, product: string, known: TextParams = {}): Failure {
  const said = result.stderr === '' ? result.stdout : result.stderr
  const found = result.reason === 'exit' ? match(said, product, commandDetail(result), known) : null
  return found ?? commandFailure(result, product)
}

/** As the engine's own, where that is foreseen. */
export function tooManyLayers(product: string, key: 'docker.error.layers' | 'docker.restore.layers'): Failure {
  const params = { tool: product }
  const hint = { key: 'docker.error.layers.hint', params } as const
  return failure('unsupported', { key, params }, { hint })
}

/** The failure of a request to the engine's own socket: the client would have put the same words behind its own. */
export function answerFailure(said: string, product: string, known: TextParams = {}): Failure {
  return saidFailure(`Error response from daemon: ${said}`, product, known)
}

/** The failure that is written in a terminal's last lines. */
export function saidFailure(said: string, product: string, known: TextParams = {}): Failure {
  return match(said, product, said, known) ?? failure('tool-failed', saidMessage(said, product), { detail: said })
}

function saidMessage(said: string, tool: string): Text {
  const lines = saidLines(said)
  if (lines.length === 0) return { key: 'error.toolFailed', params: { tool } }
  return { key: 'error.toolSays', params: { tool, said: joinSaid(lines) } }
}

function match(said: string, product: string, detail: string, known: TextParams): Failure | null {
  for (const row of errorRows) {
    const found = row.pattern.exec(said)
    if (found === null) continue
    const hint = row.hint === undefined ? null : { key: row.hint, params: { tool: product } }
    return failure(
      row.code,
      { key: row.message, params: { tool: product, ...known, ...holesOf(found, known) } },
      { hint, detail, field: row.field ?? null },
    )
  }
  return null
}

/** What the tool does not name is what the caller asked about, else a question mark. `other` stands for the first named group, where two shapes of a sentence name the same thing. */
function holesOf(match: RegExpExecArray, known: TextParams): TextParams {
  const groups = Object.entries(match.groups ?? {})
  const first = groups[0]?.[0]
  const params: Record<string, string> = {}
  for (const [name, value] of groups) {
    if (value !== undefined) params[name === 'other' && first !== undefined ? first : name] = value
  }
  if (first !== undefined && !(first in known)) params[first] ??= '?'
  return params
}
