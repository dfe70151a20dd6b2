import type { ReactNode } from 'react'
import type { Endpoint } from '../../../app/domain/provider.ts'
import { openHostTerminal } from '../../actions/consoles.ts'
import { openLink } from '../../actions/endpoints.ts'
import { Button } from '../../components/button.tsx'
import { CopyButton } from '../../components/copy-button.tsx'
import { Say, useSay } from '../../say.tsx'
import { focusTerminal } from '../../terminal/views.ts'

/** The commands stand at a prompt of this computer; the keyboard is there, and Enter is the person's. */
async function inTerminal(commands: readonly string[]): Promise<void> {
  const sessionId = await openHostTerminal(commands)
  if (sessionId !== null) focusTerminal(sessionId)
}

/** How to put an endpoint right on this system: each way with its commands to copy, or its page. */
export function Remedies({ endpoint }: { readonly endpoint: Endpoint }): ReactNode {
  const say = useSay()
  if (endpoint.remedies.length === 0) return null
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
              <Button size="small" icon="terminal" onClick={() => void inTerminal(remedy.commands)}>
                {say('providers.inTerminal')}
              </Button>
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
