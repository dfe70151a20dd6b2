import type { ReactNode } from 'react'
import type { Endpoint } from '../../../app/domain/provider.ts'
import { checkEndpoint } from '../../actions/endpoints.ts'
import { Button } from '../../components/button.tsx'
import { Icon } from '../../components/icon.tsx'
import { useMinute } from '../../format/clock.ts'
import { momentText } from '../../format/moment-text.ts'
import { useLocale, useSay } from '../../say.tsx'
import { Remedies } from '../providers/remedies.tsx'

/** Why a machine is shown as last known, and how its provider is started again. */
export function EndpointAway({ endpoint }: { readonly endpoint: Endpoint }): ReactNode {
  const say = useSay()
  const locale = useLocale()
  const now = useMinute()
  const why = endpoint.state === 'not-running' ? 'providers.away.not-running' : 'providers.away.other'
  return (
    <div className="machine-failure" role="status">
      <div className="notice notice-warning endpoint-away">
        <Icon name="warning" />
        <div>
          <p>
            {say(why, { provider: endpoint.label })}{' '}
            {say('providers.away.asOf', { time: momentText(endpoint.since, now, locale, say) })}
          </p>
          <Remedies endpoint={endpoint} />
          <Button size="small" icon="refresh" onClick={() => void checkEndpoint(endpoint.id)}>
            {say('providers.tryNow')}
          </Button>
        </div>
      </div>
    </div>
  )
}
