import type { ReactNode } from 'react'
import type { AppError } from '../../../app/domain/errors.ts'
import type { EndpointId } from '../../../app/domain/ids.ts'
import type { Endpoint } from '../../../app/domain/provider.ts'
import { closeDialog, showView } from '../../actions/navigate.ts'
import { Button } from '../../components/button.tsx'
import { EmptyState } from '../../components/empty-state.tsx'
import { RadioCards } from '../../components/radio-cards.tsx'
import { StateMark } from '../../components/state-mark.tsx'
import { useSay } from '../../say.tsx'
import { errorActions } from '../machine/error-actions.ts'
import { ErrorCard } from '../machine/error-card.tsx'
import { FormRow } from './form-row.tsx'
import { endpointReason, useEndpoints } from './use-endpoints.ts'

/** The choice of where a new machine runs. */
export function Endpoints({
  chosen,
  kind,
  onChange,
}: {
  readonly chosen: EndpointId
  readonly kind: 'vm' | 'container'
  readonly onChange: (id: EndpointId) => void
}): ReactNode {
  const say = useSay()
  const endpoints = useEndpoints(kind)
  return (
    <FormRow label={say('create.endpoint')} isGroup>
      {() => (
        <RadioCards
          label={say('create.endpoint')}
          value={chosen}
          cards={endpoints.map((endpoint) => ({
            value: endpoint.id,
            label: endpoint.label,
            hint: endpoint.place ?? endpoint.version ?? '',
            reason: endpoint.state === 'ready' ? null : endpointReason(endpoint, say),
          }))}
          onChange={onChange}
        />
      )}
    </FormRow>
  )
}

/** While the place is asked what can be chosen there, and when it does not say. */
export function Asking({
  endpoint,
  error,
  onRetry,
}: {
  readonly endpoint: Endpoint
  readonly error: AppError | null
  readonly onRetry: () => void
}): ReactNode {
  const say = useSay()
  return error === null ? (
    <p className="create-asking-line" role="status">
      <StateMark name="busy" />
      {say('create.asking', { provider: endpoint.label })}
    </p>
  ) : (
    <ErrorCard
      title={{ key: 'create.optionsFailed' }}
      error={error}
      taskId={null}
      tool={endpoint.label}
      actions={errorActions(error.code, { verb: 'create', state: null, canRetry: true })}
      onAction={onRetry}
      onClose={null}
    />
  )
}

/** Nothing can make such a machine here now: why, for each place there is. */
export function Nowhere({ kind }: { readonly kind: 'vm' | 'container' }): ReactNode {
  const say = useSay()
  const endpoints = useEndpoints(kind)
  return (
    <EmptyState
      title={say(`create.noEndpoint.${kind}`)}
      actions={
        <Button
          onClick={() => {
            closeDialog()
            showView('providers')
          }}
        >
          {say('create.showProviders')}
        </Button>
      }
    >
      {endpoints.map((one) => (
        <p key={one.id}>{endpointReason(one, say)}</p>
      ))}
    </EmptyState>
  )
}
