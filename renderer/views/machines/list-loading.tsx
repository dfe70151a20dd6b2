import type { ReactNode } from 'react'
import { Icon } from '../../components/icon.tsx'
import { useSay } from '../../say.tsx'
import { remember, remembered } from '../../store/remembered.ts'
import type { Row } from './list-model.ts'
import { SkeletonRow } from './skeleton-row.tsx'

/** A group as it was at the end of the last run. */
interface LastGroup {
  readonly key: string
  readonly label: string
  readonly count: number
}

const groupsKept = 20
const skeletonsPerGroup = 3

/** Before main has answered: the groups of the last run, their machines still being looked for. */
export function ListLoading(): ReactNode {
  const say = useSay()
  const last = remembered<readonly LastGroup[]>('groups', [])
  const groups = last.length === 0 ? [{ key: 'none', label: '', count: skeletonsPerGroup }] : last
  return (
    <div className="list-body" aria-busy="true">
      {groups.map(({ key, label, count }) => (
        <div key={key}>
          <div className="group-row group-row-still">
            <Icon name="down" />
            <bdi className="group-name">{label}</bdi>
            <span className="group-end faint-text">{say('list.looking')}</span>
          </div>
          {Array.from({ length: Math.min(count, skeletonsPerGroup) }, (_, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: places, not things
            <SkeletonRow key={index} index={index} />
          ))}
        </div>
      ))}
    </div>
  )
}

/** Keeps which groups there are, for the next start. */
export function rememberGroups(rows: readonly Row[]): void {
  const groups = rows.flatMap((row): readonly LastGroup[] =>
    row.kind === 'group' && row.endpoint !== null && row.count > 0
      ? [{ key: row.key, label: row.endpoint.label, count: row.isFolded ? 0 : row.count }]
      : [],
  )
  if (groups.length > 0) remember('groups', groups.slice(0, groupsKept))
}
