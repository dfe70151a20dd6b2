import { existsSync } from 'node:fs'
import type { ErrorCode } from '../../../app/domain/errors.ts'
import type { Remedy } from '../../../app/domain/provider.ts'
import { type EngineSocket, isSystemSocket, startRemedy } from './start-remedies.ts'

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

/** The way out of an endpoint's failure, by what kind of failure it is and by which program the engine is run. */
export function remediesFor(code: ErrorCode, place: EngineSocket & { readonly isLocal: boolean }): readonly Remedy[] {
  const { platform, isLocal, endpoint } = place
  if (code === 'tool-missing') return installRemedies(platform)
  if (code === 'permission') {
    // What another socket belongs to is not for a group to open.
    if (!isSystemSocket(endpoint)) return []
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
  return [isLocal ? startRemedy(place) : { title: { key: 'docker.remedy.remote' }, commands: [], url: null }]
}
