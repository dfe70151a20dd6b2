import { randomBytes } from 'node:crypto'
import { mkdir, readdir, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Host } from '../provider.ts'

/**
 * What a client is given besides its arguments, which every user of the computer can read: values of variables, and files of
 * its person's own that are gone afterwards.
 */
export interface ClientInput {
  readonly flags: readonly string[]
  /** For the client's own environment. */
  readonly env: Readonly<Record<string, string>>
  /** Values that came in no other way than as an argument: they are masked where commands are shown. */
  readonly secrets: readonly string[]
}

const folderPrefix = 'docker-input-'
/** No client reads what it was given for this long. */
const maxAgeMs = 60 * 60_000

/** Names that the client, or what it starts, reads itself: a container's must not reach it. */
const ownNames =
  /^(?:PATH|HOME|USER|LOGNAME|SHELL|TMPDIR|TMP|TEMP|LANG|LANGUAGE|TZ|TERM|LC_\w+|LD_\w+|DYLD_\w+|GO\w+|XDG_\w+|OTEL_\w+|DBUS_\w+|BUILDKIT_\w+|BUILDX_\w+|CONTAINERS?_\w+|_?PODMAN_\w+|STORAGE_\w+|REGISTRY_AUTH_FILE|DOCKER_(?:HOST|CONTEXT|CONFIG|TLS\w*|CERT_PATH|API_VERSION|DEFAULT_PLATFORM|CONTENT_TRUST\w*|CLI_\w+|HIDE_\w+|AUTH_CONFIG|CUSTOM_HEADERS)|(?:HTTPS?|FTP|NO|ALL)_PROXY|SSH_(?:AUTH_SOCK|ASKPASS\w*|AGENT_PID)|SSL_CERT_\w+)$/i

/**
 * Runs `give` with an environment of `NAME=value` and a seccomp profile. A value goes through the client's environment, which only
 * its person can read; where the client reads that name itself, through a file, and with a line break, which no such file can hold,
 * as an argument.
 */
export async function withClientInput<T>(
  host: Pick<Host, 'runtimeDir'>,
  { environment, seccompProfile }: { readonly environment: readonly string[]; readonly seccompProfile: string | null },
  give: (input: ClientInput) => Promise<T>,
): Promise<T> {
  const { flags, env, fileLines, secrets } = sortEnvironment(environment, Object.keys(process.env))
  if (fileLines.length === 0 && seccompProfile === null) return give({ flags, env, secrets })
  const folder = join(host.runtimeDir, `${folderPrefix}${randomBytes(6).toString('hex')}`)
  await mkdir(folder, { recursive: true, mode: 0o700 })
  try {
    const files: string[] = []
    const write = async (name: string, content: string, option: (path: string) => readonly string[]): Promise<void> => {
      const path = join(folder, name)
      await writeFile(path, content, { mode: 0o600, flag: 'wx' })
      files.push(...option(path))
    }
    if (fileLines.length > 0) await write('env', `${fileLines.join('\n')}\n`, (path) => ['--env-file', path])
    if (seccompProfile !== null) {
      await write('seccomp.json', seccompProfile, (path) => ['--security-opt', `seccomp=${path}`])
    }
    return await give({ flags: [...files, ...flags], env, secrets })
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** Which way each variable goes. */
export function sortEnvironment(
  environment: readonly string[],
  inherited: readonly string[],
): {
  readonly flags: readonly string[]
  readonly env: Readonly<Record<string, string>>
  readonly fileLines: readonly string[]
  readonly secrets: readonly string[]
} {
  const flags: string[] = []
  const env: Record<string, string> = {}
  const fileLines: string[] = []
  const secrets: string[] = []
  const taken = new Set(inherited.map((name) => name.toUpperCase()))
  for (const entry of environment) {
    const equals = entry.indexOf('=')
    const name = equals < 0 ? entry : entry.slice(0, equals)
    const value = equals < 0 ? '' : entry.slice(equals + 1)
    const isFree = !ownNames.test(name) && !taken.has(name.toUpperCase()) && isEnvironmentName(name)
    if (isFree) {
      taken.add(name.toUpperCase())
      env[name] = value
      flags.push('--env', name)
    } else if (/[\r\n]/.test(value) || /\s|^#/.test(name)) {
      secrets.push(value)
      flags.push('--env', entry)
    } else {
      fileLines.push(`${name}=${value}`)
    }
  }
  return { flags, env, fileLines, secrets }
}

/** A client looks a name up without its blanks. */
function isEnvironmentName(name: string): boolean {
  return name !== '' && !/\s/.test(name)
}

/** Takes away what a crash left. */
export async function removeLeftInput({ runtimeDir, now }: Pick<Host, 'runtimeDir' | 'now'>): Promise<void> {
  const names = await readdir(runtimeDir).catch(() => [])
  for (const name of names.filter((one) => one.startsWith(folderPrefix))) {
    const path = join(runtimeDir, name)
    const { mtimeMs } = await stat(path).catch(() => ({ mtimeMs: Number.POSITIVE_INFINITY }))
    if (now().getTime() - mtimeMs > maxAgeMs) await rm(path, { recursive: true, force: true })
  }
}
