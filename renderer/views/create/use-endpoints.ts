import { useMemo } from 'react'
import type { Endpoint } from '../../../app/domain/provider.ts'
import type { SayFunction } from '../../say.tsx'
import { useApp } from '../../store/store.ts'

/** Where a machine of this kind could be made, those that are ready first. Tools that are not installed are left out. */
export function useEndpoints(kind: 'vm' | 'container'): readonly Endpoint[] {
  const endpoints = useApp(({ inventory }) => inventory.endpoints)
  const providers = useApp(({ inventory }) => inventory.providers)
  return useMemo(() => {
    const able = providers.filter((provider) => provider.kind === kind && provider.capabilities.includes('create'))
    return endpoints
      .filter((endpoint) => endpoint.state !== 'missing' && able.some(({ id }) => id === endpoint.providerId))
      .toSorted((a, b) => Number(b.state === 'ready') - Number(a.state === 'ready'))
  }, [endpoints, providers, kind])
}

/** Why nothing can be made there now. */
export function endpointReason(endpoint: Endpoint, say: SayFunction): string {
  return endpoint.error === null ? say('why.endpoint', { provider: endpoint.label }) : say(endpoint.error.message)
}
