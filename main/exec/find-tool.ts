import { constants } from 'node:fs'
import { access, readdir, stat } from 'node:fs/promises'
import { homedir } from 'node:os'
import { delimiter, isAbsolute, join } from 'node:path'
import type { Runner } from './command.ts'

/** A login shell may ask questions or wait for a network: it is given this long. */
const loginShellMs = 3_000
const pathMark = '__BERTH_PATH__'

export interface ToolFinder {
  /** Path of a tool; null when it is not installed. */
  findTool(name: string): Promise<string | null>
  /** Every executable whose name begins with `prefix`, by name; the first folder that has a name wins. */
  findTools(prefix: string): Promise<ReadonlyMap<string, string>>
  /** Looks everything up again next time: something may have been installed. */
  forget(): void
}

export interface ToolFinderOptions {
  readonly exec: Pick<Runner, 'run'>
  /** Paths a person gave, by tool name. They go first, when there is something at them. */
  readonly toolPaths: () => Readonly<Record<string, string>>
  readonly platform: NodeJS.Platform
  readonly env: NodeJS.ProcessEnv
}

/**
 * Finds tools where a person would: where the settings say, on PATH, in the system's usual folders. A program started from
 * the desktop of macOS does not have the shell's PATH, so the login shell is asked for it once.
 */
export function createToolFinder(options: ToolFinderOptions): ToolFinder {
  let folders: Promise<readonly string[]> | null = null
  const found = new Map<string, Promise<string | null>>()

  const allFolders = (): Promise<readonly string[]> => {
    folders ??= loginShellPath(options).then((fromShell) => [
      ...new Set([...splitPath(options.env['PATH']), ...splitPath(fromShell), ...usualFolders(options)]),
    ])
    return folders
  }

  const lookUp = async (name: string): Promise<string | null> => {
    for (const folder of await allFolders()) {
      for (const fileName of fileNames(name, options)) {
        const path = join(folder, fileName)
        if (await isExecutable(path, options.platform)) return path
      }
    }
    return null
  }

  return {
    async findTool(name) {
      const given = options.toolPaths()[name]
      if (given !== undefined && (await isExecutable(given, options.platform))) return given
      let path = found.get(name)
      if (path === undefined) {
        path = lookUp(name)
        found.set(name, path)
      }
      return path
    },
    async findTools(prefix) {
      const tools = new Map<string, string>()
      for (const folder of await allFolders()) {
        for (const fileName of await readdir(folder).catch(() => [])) {
          const name = toolName(fileName, options.platform)
          if (name === null || !name.startsWith(prefix) || tools.has(name)) continue
          const path = join(folder, fileName)
          if (await isExecutable(path, options.platform)) tools.set(name, path)
        }
      }
      for (const [name, path] of Object.entries(options.toolPaths())) {
        if (name.startsWith(prefix) && (await isExecutable(path, options.platform))) tools.set(name, path)
      }
      return tools
    },
    forget() {
      folders = null
      found.clear()
    },
  }
}

/** What the person's login shell has as PATH; empty where the desktop passes it on anyway, or when the shell is slow. */
async function loginShellPath({ exec, platform, env }: ToolFinderOptions): Promise<string> {
  const shell = env['SHELL']
  if (platform !== 'darwin' || shell === undefined || !isAbsolute(shell)) return ''
  const result = await exec.run(
    {
      file: shell,
      // A mark around the value, because profiles print greetings.
      args: ['-ilc', `printf '%s' '${pathMark}'; printenv PATH; printf '%s' '${pathMark}'`],
      timeoutMs: loginShellMs,
      graceMs: 500,
      maxOutputBytes: 1_000_000,
    },
    { signal: new AbortController().signal, record: () => {} },
  )
  return result.stdout.split(pathMark)[1]?.trim() ?? ''
}

function splitPath(path: string | undefined): readonly string[] {
  return (path ?? '').split(delimiter).filter((folder) => isAbsolute(folder))
}

/** Where installers put their tools without telling PATH. */
function usualFolders({ platform, env }: ToolFinderOptions): readonly string[] {
  const home = homedir()
  switch (platform) {
    case 'darwin':
      return [
        '/opt/homebrew/bin',
        '/usr/local/bin',
        '/opt/local/bin',
        '/usr/bin',
        '/bin',
        '/usr/sbin',
        '/Applications/Docker.app/Contents/Resources/bin',
        join(home, '.docker/bin'),
        join(home, '.orbstack/bin'),
        join(home, '.rd/bin'),
        '/Applications/UTM.app/Contents/MacOS',
        '/Applications/VirtualBox.app/Contents/MacOS',
      ]
    case 'win32':
      return [env['ProgramFiles'], env['ProgramW6432'], join(env['LOCALAPPDATA'] ?? '', 'Programs')].flatMap(
        (folder) =>
          folder === undefined || !isAbsolute(folder)
            ? []
            : [
                join(folder, 'qemu'),
                join(folder, 'Docker', 'Docker', 'resources', 'bin'),
                join(folder, 'RedHat', 'Podman'),
                join(folder, 'Podman'),
                join(folder, 'Oracle', 'VirtualBox'),
              ],
      )
    default:
      return [
        '/usr/local/bin',
        '/usr/bin',
        '/bin',
        '/usr/local/sbin',
        '/usr/sbin',
        '/sbin',
        '/snap/bin',
        '/usr/libexec',
        '/var/lib/flatpak/exports/bin',
        join(home, '.local/bin'),
        join(home, 'bin'),
        '/home/linuxbrew/.linuxbrew/bin',
      ]
  }
}

function fileNames(name: string, { platform }: ToolFinderOptions): readonly string[] {
  return platform === 'win32' && !/\.exe$/i.test(name) ? [`${name}.exe`] : [name]
}

/** A tool's name by its file's; null for what is no program. */
function toolName(fileName: string, platform: NodeJS.Platform): string | null {
  if (platform !== 'win32') return fileName
  return /\.exe$/i.test(fileName) ? fileName.slice(0, -4) : null
}

async function isExecutable(path: string, platform: NodeJS.Platform): Promise<boolean> {
  try {
    if (!(await stat(path)).isFile()) return false
    await access(path, platform === 'win32' ? constants.F_OK : constants.X_OK)
    return true
  } catch {
    return false
  }
}
