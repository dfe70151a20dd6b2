import type { ReactNode } from 'react'
import type { Endpoint } from '../../../app/domain/provider.ts'
import { isAway } from '../../../app/domain/provider.ts'
import { checkEndpoint } from '../../actions/endpoints.ts'
import { showEndpoint } from '../../actions/navigate.ts'
import { Button } from '../../components/button.tsx'
import { GridPart } from '../../components/grid-part.tsx'
import { Icon } from '../../components/icon.tsx'
import { IconButton } from '../../components/icon-button.tsx'
import { thisComputer } from '../../format/host.ts'
import { formatTime } from '../../format/time.ts'
import { useLocale, useSay } from '../../say.tsx'
import { useApp } from '../../store/store.ts'
import type { GroupRow as GroupRowModel } from './list-model.ts'

/** A group's head: folds on click; what its provider needs stands at its end. */
export function GroupRow({
  row,
  top,
  rowIndex,
  isCursor,
}: {
  readonly row: GroupRowModel
  readonly top: number
  readonly rowIndex: number
  readonly isCursor: boolean
}): ReactNode {
  const say = useSay()
  const locale = useLocale()
  const system = useApp((state) => state.system)
  const label = typeof row.label === 'string' ? row.label : groupLabel(row.label.word)
  function groupLabel(word: 'pinned' | 'untagged' | 'thisComputer'): string {
    return word === 'thisComputer' ? thisComputer(system, say) : say(`list.${word}`)
  }
  return (
    <GridPart
      role="row"
      data-row={row.key}
      className="group-row"
      style={{ transform: `translateY(${top}px)` }}
      tabIndex={isCursor ? 0 : -1}
      aria-level={1}
      aria-rowindex={rowIndex}
      aria-expanded={!row.isFolded}
      aria-label={say('list.groupName', { name: label, count: row.count })}
    >
      <Icon name={row.isFolded ? 'right' : 'down'} />
      <GridPart role="gridcell" className="group-name">
        <bdi dir="auto" className="cut">
          {label}
        </bdi>
        {row.where !== null && <bdi className="group-where cut">{row.where}</bdi>}
        {row.count > 0 && <span className="group-count">{row.count}</span>}
        {row.endpoint !== null && isAway(row.endpoint) && !row.isFolded && row.count > 0 && (
          <span className="group-since">{say('list.asOf', { time: formatTime(row.endpoint.since, locale) })}</span>
        )}
      </GridPart>
      {row.endpoint !== null && <EndpointEnd endpoint={row.endpoint} isShort={!row.isFolded && row.count > 0} />}
    </GridPart>
  )
}

function EndpointEnd({
  endpoint,
  isShort,
}: {
  readonly endpoint: Endpoint
  /** Beside "as of" there is room for an icon only. */
  readonly isShort: boolean
}): ReactNode {
  const say = useSay()
  const locale = useLocale()
  switch (endpoint.state) {
    case 'checking':
      return (
        <GridPart role="gridcell" className="group-end faint-text">
          {say('list.looking')}
        </GridPart>
      )
    case 'unreachable':
      return (
        <GridPart role="gridcell" className="group-end word-paused">
          <span data-tip={say('list.offline', { time: formatTime(endpoint.since, locale) })}>
            {say('list.notReachable')}
          </span>
          {isShort ? (
            <IconButton
              size="small"
              icon="refresh"
              label={say('verb.retry')}
              tabIndex={-1}
              onClick={() => void checkEndpoint(endpoint.id)}
            />
          ) : (
            <Button size="small" tabIndex={-1} onClick={() => void checkEndpoint(endpoint.id)}>
              {say('verb.retry')}
            </Button>
          )}
        </GridPart>
      )
    case 'not-running':
      return (
        <GridPart role="gridcell" className="group-end word-paused">
          <Button size="small" tabIndex={-1} onClick={() => showEndpoint(endpoint.id)}>
            {say('list.notRunning')}
          </Button>
        </GridPart>
      )
    case 'refused':
    case 'broken':
    case 'too-old':
      return (
        <GridPart role="gridcell" className="group-end">
          <Button size="small" tabIndex={-1} onClick={() => showEndpoint(endpoint.id)}>
            {say('list.needsYou')}
          </Button>
        </GridPart>
      )
    default:
      return null
  }
}
