import { existsSync } from 'node:fs'
import type { ErrorCode } from '../../../app/domain/errors.ts'
import type { Remedy } from '../../../app/domain/provider.ts'

/** Package managers by where they are, and how each gets docker. */
const linuxInstallers: readonly (readonly [string, readonly string[]])[] = [
  ['/usr/bin/apt-get', ['sudo apt-get install docker.io']],
  ['/usr/bin/dnf', ['sudo dnf install moby-engine', 'sudo systemctl enable --now docker']],
  ['/usr/bin/pacman', ['sudo pacman -S docker', 'sudo systemctl enable --now docker']],
  ['/usr/bin/zypper', ['sudo zypper install docker', 'sudo systemctl enable --now docker']],
]

export function installRemedies(
  platform: NodeJS.Platform,
  exists: (path: string) => boolean = existsSync,
): readonly Remedy[] {
  const url = 'https://docs.docker.com/get-started/get-docker/'
  const remedy = (commands: readonly string[]): Remedy => ({ title: { key: 'docker.remedy.install' }, commands, url })
  if (platform === 'darwin') return [remedy(['brew install --cask docker-desktop', 'open -a Docker'])]
  if (platform === 'win32') return [remedy(['winget install Docker.DockerDesktop'])]
  const installer = linuxInstallers.find(([path]) => exists(path))
  return [remedy(installer?.[1] ?? [])]
}

/** The way out of an endpoint's failure, by what kind of failure it is. */
export function remediesFor(
  code: ErrorCode,
  place: { readonly platform: NodeJS.Platform; readonly isLocal: boolean; readonly endpoint: string },
): readonly Remedy[] {
  const { platform, isLocal, endpoint } = place
  if (code === 'tool-missing') return installRemedies(platform)
  if (code === 'permission') {
    return [
      {
        title: { key: 'docker.remedy.group' },
        // Takes effect at the next login.
        commands: platform === 'linux' && isLocal ? ['sudo usermod -aG docker "$USER"'] : [],
        url: 'https://docs.docker.com/engine/install/linux-postinstall/',
      },
    ]
  }
  if (code === 'tool-too-old')
    return [{ title: { key: 'docker.remedy.update' }, commands: [], url: 'https://docs.docker.com/engine/install/' }]
  if (code !== 'unreachable') return []
  if (endpoint.startsWith('ssh://')) {
    return [{ title: { key: 'docker.remedy.ssh' }, commands: [`ssh ${endpoint} docker version`], url: null }]
  }
  if (!isLocal) return [{ title: { key: 'docker.remedy.remote' }, commands: [], url: null }]
  const commands: Partial<Record<NodeJS.Platform, readonly string[]>> = {
    linux: ['sudo systemctl start docker'],
    darwin: ['open -a Docker'],
    win32: ['Start-Process "$Env:ProgramFiles\\Docker\\Docker\\Docker Desktop.exe"'],
  }
  return [{ title: { key: 'docker.remedy.start' }, commands: commands[platform] ?? [], url: null }]
}
