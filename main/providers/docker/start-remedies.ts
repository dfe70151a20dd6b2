import type { Remedy } from '../../../app/domain/provider.ts'

/** An engine of this computer, by where it is listened for. */
export interface EngineSocket {
  readonly platform: NodeJS.Platform
  readonly flavour: 'docker' | 'podman'
  /** The context's endpoint, such as `unix:///var/run/docker.sock`; empty for podman's own. */
  readonly endpoint: string
}

interface Program {
  /** What the endpoint of this program's engine looks like. */
  readonly pattern: RegExp
  readonly product: string
  readonly commands: (
    found: Readonly<Record<string, string | undefined>>,
    platform: NodeJS.Platform,
  ) => readonly string[]
}

const desktopExe = 'Start-Process "$Env:ProgramFiles\\Docker\\Docker\\Docker Desktop.exe"'
const dockerDesktop = (platform: NodeJS.Platform): readonly string[] => {
  if (platform === 'darwin') return ['open -a Docker']
  return platform === 'win32' ? [desktopExe] : ['systemctl --user start docker-desktop']
}
/** Names that a shell takes as they are; another is left to the person. */
const plain = '(?<name>[\\w.-]+)'

/** Who listens where. The system's own socket is dockerd's on Linux and Docker Desktop's elsewhere. */
const programs: readonly Program[] = [
  {
    pattern: /^unix:\/\/\/(?:var\/)?run\/docker\.sock$/,
    product: 'Docker',
    commands: (_found, platform) => (platform === 'linux' ? ['sudo systemctl start docker'] : dockerDesktop(platform)),
  },
  // Docker without root: one for each account, started by that account.
  {
    pattern: /^unix:\/\/\/(?:var\/)?run\/user\/\d+\/docker\.sock$/,
    product: 'Docker',
    commands: () => ['systemctl --user start docker'],
  },
  {
    pattern: /^unix:\/\/\/(?:var\/)?run\/user\/\d+\/podman\/podman\.sock$/,
    product: 'Podman',
    commands: () => ['systemctl --user start podman.socket'],
  },
  {
    pattern: /^unix:\/\/\/(?:var\/)?run\/podman\/podman\.sock$/,
    product: 'Podman',
    commands: () => ['sudo systemctl start podman.socket'],
  },
  {
    pattern: /podman-machine|\/containers\/podman\/machine\//,
    product: 'Podman',
    commands: () => ['podman machine start'],
  },
  {
    pattern: /\/\.docker\/(?:desktop|run)\/docker(?:-cli)?\.sock$|pipe\/docker(?:_engine|Desktop\w*)$/,
    product: 'Docker Desktop',
    commands: (_found, platform) => dockerDesktop(platform),
  },
  {
    pattern: new RegExp(`/\\.(?:config/)?colima/${plain}/docker\\.sock$`),
    product: 'Colima',
    commands: ({ name = 'default' }) => [name === 'default' ? 'colima start' : `colima start ${name}`],
  },
  {
    pattern: new RegExp(`/\\.lima/${plain}/sock/docker\\.sock$`),
    product: 'Lima',
    commands: ({ name = '' }) => [`limactl start ${name}`],
  },
  { pattern: /\/\.rd\/docker\.sock$/, product: 'Rancher Desktop', commands: () => ['rdctl start'] },
  { pattern: /\/\.orbstack\/run\/docker\.sock$/, product: 'OrbStack', commands: () => ['open -a OrbStack'] },
]

/** How the engine behind a socket is started. Of one that nobody is known to make, only where it is listened for is said. */
export function startRemedy({ platform, flavour, endpoint }: EngineSocket): Remedy {
  if (endpoint === '') return startOf(flavour === 'podman' ? 'Podman' : 'Docker', ownCommands(platform, flavour))
  for (const { pattern, product, commands } of programs) {
    const match = pattern.exec(endpoint)
    if (match !== null) return startOf(product, commands(match.groups ?? {}, platform))
  }
  return { title: { key: 'docker.remedy.startAt', params: { endpoint } }, commands: [], url: null }
}

/** Podman's program needs no service on Linux: what it reaches when it does not answer is not known. */
function ownCommands(platform: NodeJS.Platform, flavour: EngineSocket['flavour']): readonly string[] {
  if (flavour === 'podman') return platform === 'linux' ? [] : ['podman machine start']
  return platform === 'linux' ? ['sudo systemctl start docker'] : dockerDesktop(platform)
}

function startOf(product: string, commands: readonly string[]): Remedy {
  return { title: { key: 'docker.remedy.start', params: { product } }, commands, url: null }
}

/** Whether the engine is the system's own, to which the group `docker` is let in. */
export function isSystemSocket(endpoint: string): boolean {
  return /^unix:\/\/\/(?:var\/)?run\/docker\.sock$/.test(endpoint)
}
