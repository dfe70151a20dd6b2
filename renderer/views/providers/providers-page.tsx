import { type ReactNode, useEffect } from 'react'
import type { Endpoint, HostInfo } from '../../../app/domain/provider.ts'
import { formatMemory } from '../../../app/domain/units.ts'
import { checkAll } from '../../actions/endpoints.ts'
import { Button } from '../../components/button.tsx'
import { EmptyState } from '../../components/empty-state.tsx'
import { Icon } from '../../components/icon.tsx'
import { hostLabel } from '../../format/host.ts'
import { useLocale, useSay } from '../../say.tsx'
import { setUi, useApp } from '../../store/store.ts'
import { PageHeader } from '../app/page-header.tsx'
import { EndpointRow } from './endpoint-row.tsx'
import './providers.css'

/** What runs machines here and on other hosts: the state of each, what it can do, and the way out of a bad state. */
export function ProvidersPage(): ReactNode {
  const say = useSay()
  const hosts = useApp((state) => state.inventory.hosts)
  const endpoints = useApp((state) => state.inventory.endpoints)
  const isChecking = endpoints.some((endpoint) => endpoint.state === 'checking')
  const shown = useApp((state) => state.ui.shownEndpoint)
  useEffect(() => {
    if (shown === null) return
    document.getElementById(shown)?.scrollIntoView({ block: 'center' })
    setUi({ shownEndpoint: null })
  }, [shown])
  return (
    <>
      <PageHeader title={say('nav.providers')}>
        <Button icon="refresh" onClick={() => void checkAll()}>
          {say(isChecking ? 'providers.checking' : 'providers.checkAll')}
        </Button>
      </PageHeader>
      <div className="page">
        <p className="providers-intro">{say('providers.intro')}</p>
        {endpoints.length === 0 && <EmptyState>{say('providers.none')}</EmptyState>}
        {hosts.map((host) => (
          <HostSection
            key={host.id}
            host={host}
            endpoints={endpoints.filter((endpoint) => endpoint.hostId === host.id)}
          />
        ))}
      </div>
    </>
  )
}

function HostSection({
  host,
  endpoints,
}: {
  readonly host: HostInfo
  readonly endpoints: readonly Endpoint[]
}): ReactNode {
  const say = useSay()
  const locale = useLocale()
  const system = useApp((state) => state.system)
  const isOwn = host.label === null
  const about =
    isOwn && system !== null
      ? say('providers.machineDescription', {
          os: system.osName,
          cpus: system.cpus,
          memory: formatMemory(system.memoryBytes, locale),
        })
      : host.address
  if (endpoints.length === 0) return null
  return (
    <section aria-labelledby={`host-${host.id}`}>
      <h2 id={`host-${host.id}`} className="providers-host">
        <Icon name={isOwn ? 'laptop' : 'server'} />
        <bdi dir="auto">{hostLabel(host, system, say)}</bdi>
        <span className="providers-host-about">{about}</span>
      </h2>
      <div className="endpoints">
        {endpoints.map((endpoint) => (
          <EndpointRow key={endpoint.id} endpoint={endpoint} />
        ))}
      </div>
    </section>
  )
}
