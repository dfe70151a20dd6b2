import { type ReactNode, useMemo, useState } from 'react'
import type { SnapshotId } from '../../../app/domain/ids.ts'
import { type PermitContext, permit } from '../../../app/domain/permit.ts'
import type { RestoreRecord, SnapshotTree } from '../../../app/domain/snapshot.ts'
import { formatBytes } from '../../../app/domain/units.ts'
import { clearFailure } from '../../actions/call.ts'
import { placeOf } from '../../actions/machines.ts'
import { Button } from '../../components/button.tsx'
import { EmptyState } from '../../components/empty-state.tsx'
import { explainAt } from '../../components/explanation.ts'
import { Icon } from '../../components/icon.tsx'
import { TextInput } from '../../components/text-input.tsx'
import { Say, useLocale, useSay } from '../../say.tsx'
import { readTree, useSnapshotTree } from '../../store/snapshots.ts'
import { errorActions } from '../machine/error-actions.ts'
import { ErrorCard } from '../machine/error-card.tsx'
import { doVerb } from '../machine/verbs.ts'
import { withCopyNames } from './copy-names.ts'
import { DeleteSnapshots } from './delete-snapshots.tsx'
import { DiscardCopy } from './discard-copy.tsx'
import { deleteReason, discardReason, Inspector } from './inspector.tsx'
import { SnapshotGrid } from './snapshot-grid.tsx'
import './snapshots.css'

/** A machine's snapshots as a tree, and what can be done with the chosen ones. */
export function SnapshotsTab({ context }: { readonly context: PermitContext }): ReactNode {
  const say = useSay()
  const { machine } = context
  const permission = permit('snapshot', context)
  const { tree, error } = useSnapshotTree(machine.id, permission.kind !== 'absent')
  if (permission.kind === 'absent') {
    return <EmptyState title={say('snap.cannot')}>{<Say text={permission.reason} />}</EmptyState>
  }
  if (tree === null && error !== null) {
    return (
      <div className="snapshots-failed">
        <ErrorCard
          title={{ key: 'snap.unreadable', params: { name: machine.name } }}
          error={error}
          taskId={null}
          tool={context.endpoint.label}
          actions={errorActions(error.code, { verb: null, state: null, canRetry: true })}
          onAction={() => {
            clearFailure(placeOf(machine.id))
            readTree(machine.id)
          }}
          onClose={null}
        />
      </div>
    )
  }
  return tree === null ? <Loading /> : <Tree tree={tree} context={context} />
}

function Loading(): ReactNode {
  const say = useSay()
  return (
    <div className="snapshots-loading" role="status" aria-label={say('snap.loading')}>
      {[150, 104, 182].map((width) => (
        <span key={width} className="snapshots-skeleton" style={{ width }} />
      ))}
    </div>
  )
}

function Tree({ tree: told, context }: { readonly tree: SnapshotTree; readonly context: PermitContext }): ReactNode {
  const say = useSay()
  const locale = useLocale()
  const tree = useMemo(() => withCopyNames(told, locale, say), [told, locale, say])
  const { machine } = context
  const [chosen, setChosen] = useState<readonly SnapshotId[] | null>(null)
  const [find, setFind] = useState('')
  const [deleting, setDeleting] = useState<readonly SnapshotId[]>([])
  const [discarding, setDiscarding] = useState<RestoreRecord | null>(null)
  const byId = useMemo(() => new Map(tree.snapshots.map((snapshot) => [snapshot.id, snapshot])), [tree])
  // Chosen by id: a tree that changed outside keeps what is left of the choice. To begin with it is where Now came from.
  const kept = (chosen ?? (tree.currentId === null ? [] : [tree.currentId])).filter((id) => byId.has(id))
  const selected = kept.flatMap((id) => byId.get(id) ?? [])
  const sizes = tree.snapshots.map((snapshot) => snapshot.sizeBytes).filter((size) => size !== null)
  const totalBytes = sizes.reduce((sum, size) => sum + size, 0)
  const count = tree.snapshots.length
  const permission = permit('snapshot', context)
  const reason = permission.kind === 'allowed' ? null : say(permission.reason)
  // The Delete key comes here too: what the inspector's button refuses is refused with the same sentence.
  const askBeforeDeleting = (): void => {
    const record = selected.length === 1 ? tree.restores.find(({ keptId }) => keptId === kept[0]) : undefined
    const refusal = record === undefined ? deleteReason(selected, context, say) : discardReason(record, context, say)
    if (refusal !== null) explainAt(focusedElement(), refusal)
    else if (record !== undefined) setDiscarding(record)
    else setDeleting(kept)
  }
  return (
    <div className={`snapshots ${selected.length > 0 ? 'snapshots-inspected' : ''}`}>
      <div className="snapshots-tree">
        {machine.withheld.snapshot !== undefined && <Hint text={say(machine.withheld.snapshot)} level="warning" />}
        {tree.notice !== null && <Hint text={say(tree.notice)} level="info" />}
        {count > 0 && (
          <div className="snapshots-bar">
            <span className="small quiet-text">
              {sizes.length === 0
                ? say('snap.count', { count })
                : say('snap.countSize', { count, size: formatBytes(totalBytes, locale) })}
            </span>
            <TextInput
              className="snapshots-find"
              type="search"
              icon="search"
              isQuiet
              aria-label={say('snap.find')}
              placeholder={say('snap.find')}
              value={find}
              onChange={(event) => setFind(event.currentTarget.value)}
            />
          </div>
        )}
        <SnapshotGrid
          tree={tree}
          context={context}
          selected={kept}
          onSelect={setChosen}
          find={find}
          onDelete={askBeforeDeleting}
        />
        {count === 0 && (
          <EmptyState
            title={say('snap.noneTitle')}
            actions={
              <Button size="small" icon="snapshot-add" reason={reason} onClick={() => doVerb('snapshot', machine.id)}>
                {say('verb.snapshot')}
              </Button>
            }
          >
            {say('snap.none')}
          </EmptyState>
        )}
      </div>
      {selected.length > 0 && (
        <Inspector key={kept.join()} snapshots={selected} tree={tree} context={context} onDelete={askBeforeDeleting} />
      )}
      {deleting.length > 0 && (
        <DeleteSnapshots
          machineId={machine.id}
          snapshots={deleting.flatMap((id) => byId.get(id) ?? [])}
          tree={tree}
          onClose={() => setDeleting([])}
        />
      )}
      {discarding !== null && (
        <DiscardCopy machineId={machine.id} record={discarding} onClose={() => setDiscarding(null)} />
      )}
    </div>
  )
}

function Hint({ text, level }: { readonly text: string; readonly level: 'info' | 'warning' }): ReactNode {
  return (
    <p className={`notice notice-${level} snapshots-hint`}>
      <Icon name={level} />
      <span>{text}</span>
    </p>
  )
}

function focusedElement(): HTMLElement {
  return document.activeElement instanceof HTMLElement ? document.activeElement : document.body
}
