import { type ReactNode, useEffect, useState } from 'react'
import type { TrashItem } from '../../../app/domain/trash.ts'
import { formatBytes } from '../../../app/domain/units.ts'
import { attempt, call } from '../../actions/call.ts'
import { Button } from '../../components/button.tsx'
import { EmptyState } from '../../components/empty-state.tsx'
import { Name } from '../../components/name.tsx'
import { Moment } from '../../components/time.tsx'
import { Say, useLocale, useSay } from '../../say.tsx'
import { onConnected } from '../../store/connect.ts'
import { endpointOf } from '../../store/selectors.ts'
import { useApp } from '../../store/store.ts'
import { PageHeader } from '../app/page-header.tsx'
import { errorActions } from '../machine/error-actions.ts'
import { ErrorCard } from '../machine/error-card.tsx'
import { useAnswer } from '../machine/use-answer.ts'
import { PurgeDialog } from './purge-dialog.tsx'
import './trash-page.css'

/** Machines that were deleted and can still be brought back. */
export function TrashPage(): ReactNode {
  const say = useSay()
  const locale = useLocale()
  const { value, error, again } = useAnswer('trash', '', () => call('trash.list'))
  const [purging, setPurging] = useState<readonly TrashItem[]>([])
  useEffect(() => onConnected((client) => client.on('trash.changed', again)), [again])
  const items = value ?? []
  const bytes = items.reduce((sum, item) => sum + (item.sizeBytes ?? 0), 0)
  return (
    <>
      <PageHeader title={say('nav.trash')}>
        {items.length > 0 && (
          <Button kind="danger" onClick={() => setPurging(items)}>
            {say('trash.empty')}
          </Button>
        )}
      </PageHeader>
      <div className="page trash">
        {error !== null && value === null && (
          <ErrorCard
            title={{ key: 'trash.failed' }}
            error={error}
            taskId={null}
            tool={null}
            actions={errorActions(error.code, { verb: null, state: null, canRetry: true })}
            onAction={again}
            onClose={null}
          />
        )}
        {value !== null && items.length === 0 && (
          <EmptyState title={say('trash.none')}>{say('trash.explained')}</EmptyState>
        )}
        {items.length > 0 && (
          <>
            <p className="quiet-text trash-sum">
              {bytes === 0
                ? say('trash.sum', { count: items.length })
                : say('trash.sumSize', { count: items.length, size: formatBytes(bytes, locale) })}
            </p>
            <ul className="trash-items">
              {items.map((item) => (
                <Item key={item.id} item={item} onPurge={() => setPurging([item])} />
              ))}
            </ul>
          </>
        )}
      </div>
      {purging.length > 0 && <PurgeDialog items={purging} onClose={() => setPurging([])} />}
    </>
  )
}

function Item({ item, onPurge }: { readonly item: TrashItem; readonly onPurge: () => void }): ReactNode {
  const say = useSay()
  const locale = useLocale()
  const endpoint = useApp(endpointOf(item.endpointId))
  return (
    <li className="trash-item">
      <div className="grow">
        <Name name={item.name} fallback={item.machineId} />
        <p className="trash-meta">
          <Moment at={item.removedAt} />
          {endpoint !== null && ` · ${endpoint.label}`}
          {item.sizeBytes !== null && ` · ${formatBytes(item.sizeBytes, locale)}`}
          {item.snapshotCount !== null &&
            item.snapshotCount > 0 &&
            ` · ${say('snap.count', { count: item.snapshotCount })}`}
        </p>
        {item.purgeError !== undefined && (
          <p className="trash-meta trash-problem">
            {say('trash.purgeFailed')} <Say text={item.purgeError.message} />
          </p>
        )}
        {item.note !== undefined && (
          <p className="trash-meta">
            <Say text={item.note} />
          </p>
        )}
      </div>
      <Button
        size="small"
        icon="undo"
        reason={item.purgeError === undefined ? null : say('trash.error.partlyDeleted')}
        onClick={() => void attempt('window', () => call('trash.recover', { trashIds: [item.id] }))}
      >
        {say('trash.recover')}
      </Button>
      <Button size="small" kind="danger" onClick={onPurge}>
        {say('trash.purge')}
      </Button>
    </li>
  )
}
