import { type ReactNode, useState } from 'react'
import type { Endpoint } from '../../../app/domain/provider.ts'
import type { MessageKey } from '../../../app/messages/text.ts'
import { checkEndpoint } from '../../actions/endpoints.ts'
import { showEndpoint } from '../../actions/navigate.ts'
import { Button } from '../../components/button.tsx'
import { Say, useSay } from '../../say.tsx'
import '../providers/providers.css'
import { Remedies } from '../providers/remedies.tsx'

/** What each program is good for, in a sentence: by the provider that drives it. */
const goodFor: Readonly<Record<string, MessageKey>> = {
  qemu: 'first.good.qemu',
  virtualbox: 'first.good.virtualbox',
  docker: 'first.good.docker',
  utm: 'first.good.utm',
}

/** What this system could have besides: what each is good for, and how to get it here. */
export function OtherWays({ endpoints }: { readonly endpoints: readonly Endpoint[] }): ReactNode {
  const say = useSay()
  return (
    <section aria-labelledby="first-run-too">
      <h2 id="first-run-too" className="first-run-heading">
        {say('first.too')}
      </h2>
      <ul>
        {endpoints.map((endpoint) => (
          <OtherWay key={endpoint.id} endpoint={endpoint} />
        ))}
      </ul>
    </section>
  )
}

function OtherWay({ endpoint }: { readonly endpoint: Endpoint }): ReactNode {
  const say = useSay()
  const [isOpen, setOpen] = useState(false)
  const { error, label, remedies, state } = endpoint
  const good = goodFor[endpoint.providerId]
  const isMissing = state === 'missing'
  return (
    <li className="first-run-other">
      <div className="first-run-other-line">
        <b className="cut">{label}</b>
        <span className="grow small quiet-text">
          {isMissing || error === null ? say(`providers.state.${state}`) : <Say text={error.message} />}{' '}
          {good !== undefined && say(good)}
        </span>
        {remedies.length === 0 ? (
          <Button size="small" onClick={() => showEndpoint(endpoint.id)}>
            {say('first.look')}
          </Button>
        ) : (
          <Button size="small" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
            {say(isMissing ? 'first.how' : 'first.fix')}
          </Button>
        )}
      </div>
      {isOpen && remedies.length > 0 && (
        <div className="first-run-how">
          <Remedies endpoint={endpoint} />
          <p className="small quiet-text">
            {say('first.afterwards')}{' '}
            <Button kind="link" className="small" onClick={() => void checkEndpoint(endpoint.id)}>
              {say('verb.check')}
            </Button>
          </p>
        </div>
      )}
    </li>
  )
}
