import type { Engine } from './engine.ts'

/**
 * All that podman does another way, in one place. It has no contexts (its own connections are not looked at), no daemon that
 * could be stopped, and its words for events are turned into docker's in parse.ts.
 */
export const podmanContext = 'podman'

/** Arguments of `commit` that make it pause the container while it is copied and keep a message. */
export function commitFlags(engine: Engine): readonly string[] {
  // Podman does not pause unless told, and keeps messages in docker's image format alone.
  if (engine.flavour === 'podman') return ['--pause', '--format', 'docker']
  // Docker pauses by itself. From 29 on `--pause` is deprecated, and gone in 30; before, it is said plainly.
  return majorOf(engine.clientVersion) < 29 ? ['--pause=true'] : []
}

/** Whether the restart policy of a container can be changed. `podman update --restart` came with 5.1. */
export function canChangeRestart({ flavour, clientVersion }: Pick<Engine, 'flavour' | 'clientVersion'>): boolean {
  if (flavour === 'docker') return true
  const [major = 0, minor = 0] = clientVersion.split('.').map(Number)
  return major > 5 || (major === 5 && minor >= 1)
}

/** How the tool's own name for an image of ours begins. */
export function imageName(engine: Engine, name: string): string {
  return engine.flavour === 'podman' ? `localhost/${name}` : name
}

export function majorOf(version: string): number {
  return Number.parseInt(version, 10) || 0
}
