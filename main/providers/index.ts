import { createBuiltinProvider } from './builtin/provider.ts'
import { createDockerProvider } from './docker/provider.ts'
import { createMockProvider, mockOptions } from './mock/provider.ts'
import type { ProviderFactory } from './provider.ts'
import { createQemuProvider } from './qemu/provider.ts'
import { createUtmProvider } from './utm/provider.ts'
import { createVirtualBoxProvider } from './virtualbox/provider.ts'

/** A provider's short name and what makes it: adding one is one line here. */
export interface ProviderEntry {
  /** Also the name of its own folder among Berth's. */
  readonly id: string
  readonly create: ProviderFactory
  /** Systems its product exists for; elsewhere it is not spoken of. Left out: all. */
  readonly platforms?: readonly NodeJS.Platform[]
}

const real: readonly ProviderEntry[] = [
  { id: 'qemu', create: createQemuProvider },
  { id: 'docker', create: createDockerProvider },
  { id: 'virtualbox', create: createVirtualBoxProvider },
  { id: 'utm', create: createUtmProvider, platforms: ['darwin'] },
  { id: 'builtin', create: createBuiltinProvider },
]

/** The providers of this run: the real ones, or pretended machines that need nothing installed. */
export function providerEntries(
  { mock }: { readonly mock: boolean },
  env: NodeJS.ProcessEnv,
  platform: NodeJS.Platform = process.platform,
): readonly ProviderEntry[] {
  if (!mock) return real.filter(({ platforms }) => platforms?.includes(platform) ?? true)
  const options = mockOptions(env)
  return [
    { id: 'mockvm', create: createMockProvider('vm', options) },
    { id: 'mockcontainer', create: createMockProvider('container', options) },
  ]
}
