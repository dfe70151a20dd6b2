import type { ReactNode } from 'react'
import type { Endpoint } from '../../../app/domain/provider.ts'
import { chooseFilter, openDialog } from '../../actions/navigate.ts'
import { Button } from '../../components/button.tsx'
import { Icon } from '../../components/icon.tsx'
import { useLocale, useSay } from '../../say.tsx'
import { useApp } from '../../store/store.ts'
import './first-run.css'
import { OtherWays } from './other-ways.tsx'
import { TryPanel } from './try-panel.tsx'
import { isOwn, tryPlaceOf } from './try-place.ts'

/**
 * The first thing a person sees: a machine to try, what is here, how to make more, and what could be here too. Counts go up
 * in place.
 */
export function FirstRunPage(): ReactNode {
  const say = useSay()
  const { endpoints, machines, providers } = useApp((state) => state.inventory)
  const counts = new Map<string, number>()
  for (const machine of machines.values()) counts.set(machine.endpointId, (counts.get(machine.endpointId) ?? 0) + 1)
  const here = endpoints.filter((endpoint) => (counts.get(endpoint.id) ?? 0) > 0)
  const others = endpoints.filter(
    (endpoint) => !isOwn(endpoint) && endpoint.state !== 'ready' && endpoint.state !== 'checking',
  )
  const isLooking = endpoints.length === 0 || endpoints.some((endpoint) => endpoint.state === 'checking')
  const canCreate = endpoints.some(
    (endpoint) =>
      endpoint.state === 'ready' &&
      providers.some((provider) => provider.id === endpoint.providerId && provider.capabilities.includes('create')),
  )
  const count = machines.size
  const tryPlace = tryPlaceOf(endpoints)
  return (
    <>
      <div className="pane-header drag-region" />
      <div className="page">
        <div className="first-run">
          <Icon name="berth" className="first-run-mark" />
          <h1 className="first-run-title">{say('first.title')}</h1>
          <p className="first-run-found">
            {count > 0 ? say('first.found', { count }) : say(isLooking ? 'first.looking' : 'first.foundNone')}
          </p>

          {tryPlace !== null && <TryPanel place={tryPlace} />}
          <div className="first-run-ways">
            <div className="first-run-way">
              <Icon name="machines" />
              <div className="grow">
                <h2>{say('first.show')}</h2>
                <p>{here.length === 0 ? say('first.showNone') : <WhatIsHere endpoints={here} counts={counts} />}</p>
              </div>
              <Button
                kind={count > 0 && tryPlace === null ? 'primary' : 'normal'}
                onClick={() => chooseFilter(null, false)}
              >
                {say('first.showAll')}
              </Button>
            </div>
            <div className="first-run-way">
              <Icon name="plus" />
              <div className="grow">
                <h2>{say('first.make')}</h2>
                <p>{say(canCreate || isLooking ? 'first.makeHint' : 'first.makeNothing')}</p>
              </div>
              <Button
                kind={count === 0 && canCreate && tryPlace === null ? 'primary' : 'normal'}
                reason={canCreate || isLooking ? null : say('first.makeNothing')}
                onClick={() => openDialog({ kind: 'create' })}
              >
                {say('first.makeButton')}
              </Button>
            </div>
          </div>

          {others.length > 0 && <OtherWays endpoints={others} />}
          <p className="first-run-promise">
            <Icon name="info" size="small" />
            {say('first.promise')}
          </p>
        </div>
      </div>
    </>
  )
}

function WhatIsHere({
  endpoints,
  counts,
}: {
  readonly endpoints: readonly Endpoint[]
  readonly counts: ReadonlyMap<string, number>
}): ReactNode {
  const say = useSay()
  const locale = useLocale()
  const parts = endpoints.map(({ id, label }) =>
    say('first.inProvider', { count: counts.get(id) ?? 0, provider: label }),
  )
  return new Intl.ListFormat(locale, { type: 'unit' }).format(parts)
}
