import type { ReactNode } from 'react'
import { clearFilters, openDialog, showView } from '../../actions/navigate.ts'
import { Button } from '../../components/button.tsx'
import { EmptyState } from '../../components/empty-state.tsx'
import { Say, useSay } from '../../say.tsx'
import { setUi, useApp } from '../../store/store.ts'
import { ListLoading } from './list-loading.tsx'
import { nearestName } from './search.ts'

/** The list without rows: still looking, nothing there, or nothing that fits. */
export function ListEmpty(): ReactNode {
  const say = useSay()
  const search = useApp((state) => state.ui.search)
  const filters = useApp((state) => state.ui.filters)
  const isReading = useApp((state) => state.inventory.revision < 0)
  const hasMachines = useApp((state) => state.inventory.machines.size > 0)
  const suggestion = useApp((state) =>
    state.ui.search.trim() === ''
      ? null
      : nearestName(
          state.ui.search,
          [...state.inventory.machines.values()].map((machine) => machine.name),
        ),
  )

  if (isReading) return <ListLoading />
  if (search.trim() !== '') {
    return (
      <div className="list-body">
        <EmptyState
          title={<Say text="list.noMatch" params={{ text: search }} />}
          actions={
            <Button size="small" onClick={clearFilters}>
              {say('action.clearFilter')}
            </Button>
          }
        >
          {suggestion !== null && (
            <button type="button" className="button button-link" onClick={() => setUi({ search: suggestion })}>
              <span>
                <Say text="list.didYouMean" params={{ name: suggestion }} />
              </span>
            </button>
          )}
        </EmptyState>
      </div>
    )
  }
  const [only, ...more] = filters
  if (hasMachines) {
    const key =
      only?.kind === 'state' && more.length === 0
        ? (
            {
              running: 'list.noneRunning',
              paused: 'list.nonePaused',
              stopped: 'list.noneStopped',
              attention: 'list.noneAttention',
            } as const
          )[only.group]
        : 'list.noneInFilter'
    return (
      <div className="list-body">
        <EmptyState>{say(key)}</EmptyState>
      </div>
    )
  }
  return (
    <div className="list-body">
      <EmptyState
        title={say('list.noneHere')}
        actions={
          <>
            <Button size="small" onClick={() => openDialog({ kind: 'create' })}>
              {say('list.new')}
            </Button>
            <Button size="small" onClick={() => showView('providers')}>
              {say('nav.providers')}
            </Button>
          </>
        }
      />
    </div>
  )
}
