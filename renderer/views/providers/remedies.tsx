import type { ReactNode } from 'react'
import type { Endpoint } from '../../../app/domain/provider.ts'
import { openLink } from '../../actions/endpoints.ts'
import { Button } from '../../components/button.tsx'
import { CopyButton } from '../../components/copy-button.tsx'
import { Say, useSay } from '../../say.tsx'

/** How to put an endpoint right on this system: each way with its commands to copy, or its page. */
export function Remedies({ endpoint }: { readonly endpoint: Endpoint }): ReactNode {
  const say = useSay()
  return (
    <ul className="remedies">
      {endpoint.remedies.map((remedy) => (
        <li key={JSON.stringify(remedy)} className="remedy">
          <p className="remedy-title">
            <Say text={remedy.title} />
          </p>
          {remedy.commands.length > 0 && (
            <div className="remedy-commands">
              <pre className="mono selectable">{remedy.commands.join('\n')}</pre>
              <CopyButton text={remedy.commands.join('\n')} label={say('providers.copyCommands')} />
            </div>
          )}
          {remedy.url !== null && (
            <Button kind="link" onClick={() => openLink(remedy.url ?? '')}>
              {say('providers.openPage')}
            </Button>
          )}
        </li>
      ))}
    </ul>
  )
}
