import { type ReactNode, useMemo } from 'react'
import type { MachineId } from '../../../app/domain/ids.ts'
import type { Endpoint } from '../../../app/domain/provider.ts'
import { addTag } from '../../actions/machines.ts'
import { chooseFilter, sameFilter, showView, toggleSidebar } from '../../actions/navigate.ts'
import { Icon, type IconName } from '../../components/icon.tsx'
import { IconButton } from '../../components/icon-button.tsx'
import { hostLabel } from '../../format/host.ts'
import { formatTime } from '../../format/time.ts'
import { isMac } from '../../keyboard/platform.ts'
import { shortcutText } from '../../keyboard/shortcuts.ts'
import { type SayFunction, useLocale, useSay } from '../../say.tsx'
import { useApp } from '../../store/store.ts'
import type { Filter, StateGroup } from '../../store/ui.ts'
import { useLayout } from '../app/use-layout.ts'
import './sidebar.css'
import { SidebarItem } from './sidebar-item.tsx'
import { buildSidebar } from './sidebar-model.ts'

const groups: readonly { readonly group: StateGroup; readonly icon: IconName }[] = [
  { group: 'running', icon: 'play' },
  { group: 'paused', icon: 'pause' },
  { group: 'stopped', icon: 'stop' },
  { group: 'attention', icon: 'warning' },
]

/** Where to look: all machines or some of them, the pages, and what there is of each. */
export function Sidebar(): ReactNode {
  const say = useSay()
  const locale = useLocale()
  const layout = useLayout()
  const inventory = useApp((state) => state.inventory)
  const system = useApp((state) => state.system)
  const view = useApp((state) => state.ui.view)
  const filters = useApp((state) => state.ui.filters)
  const trashCount = useApp((state) => state.ui.trashCount)
  const model = useMemo(() => buildSidebar(inventory, locale), [inventory, locale])

  const isListed = view === 'machines'
  const item = (filter: Filter): { isCurrent: boolean; onChoose: (isJoined: boolean) => void } => ({
    isCurrent: isListed && filters.some((known) => sameFilter(known, filter)),
    onChoose: (isJoined) => chooseFilter(filter, isJoined),
  })

  return (
    <>
      <div className="sidebar-header drag-region">
        <span className="sidebar-brand">
          <Icon name="berth" />
          Berth
        </span>
        <IconButton
          icon="sidebar"
          label={say('sidebar.hide')}
          shortcut={shortcutText('sidebar', isMac)}
          onClick={() => toggleSidebar(layout.hasSidebar)}
        />
      </div>
      <nav className="sidebar-nav" aria-label={say('nav.label')} data-pane-start>
        <SidebarItem
          icon="machines"
          label={say('nav.all')}
          count={model.all}
          isCurrent={isListed && filters.length === 0}
          onChoose={() => chooseFilter(null, false)}
        />
        {groups.map(({ group, icon }) => (
          <SidebarItem
            key={group}
            icon={icon}
            label={say(`nav.${group}`)}
            count={model.byState[group]}
            {...item({ kind: 'state', group })}
          />
        ))}
        {model.hosts.length > 0 && <h2 className="sidebar-heading">{say('nav.hosts')}</h2>}
        {model.hosts.map(({ host, count, endpoints }) => (
          <div key={host.id}>
            <SidebarItem
              icon={host.label === null ? 'laptop' : 'server'}
              label={hostLabel(host, system, say)}
              count={count}
              note={
                isConnecting(endpoints.map((entry) => entry.endpoint)) && count === 0 ? say('nav.connecting') : null
              }
              {...item({ kind: 'host', hostId: host.id })}
            />
            {endpoints.map((entry) => (
              <SidebarItem
                key={entry.endpoint.id}
                isInner
                label={entry.endpoint.label}
                count={entry.count}
                warning={endpointWarning(entry.endpoint, say, (at) => formatTime(at, locale))}
                {...item({ kind: 'endpoint', endpointId: entry.endpoint.id })}
              />
            ))}
          </div>
        ))}
        {model.tags.length > 0 && <h2 className="sidebar-heading">{say('nav.tags')}</h2>}
        {model.tags.map(({ tag, count }) => (
          <SidebarItem
            key={tag}
            icon="tag"
            label={tag}
            count={count}
            onDrop={(ids) => addTag(ids as readonly MachineId[], tag)}
            {...item({ kind: 'tag', tag })}
          />
        ))}
      </nav>
      <nav className="sidebar-foot" aria-label={say('nav.pages')}>
        <SidebarItem
          icon="trash"
          label={say('nav.trash')}
          count={trashCount}
          isCurrent={view === 'trash'}
          onChoose={() => showView('trash')}
        />
        <SidebarItem
          icon="plug"
          label={say('nav.providers')}
          isCurrent={view === 'providers'}
          onChoose={() => showView('providers')}
        />
        <SidebarItem
          icon="gear"
          label={say('nav.settings')}
          isCurrent={view === 'settings'}
          onChoose={() => showView('settings')}
        />
      </nav>
    </>
  )
}

/** A host that has not answered once yet. */
function isConnecting(endpoints: readonly Endpoint[]): boolean {
  return endpoints.length > 0 && endpoints.every((endpoint) => endpoint.state === 'checking')
}

function endpointWarning(endpoint: Endpoint, say: SayFunction, time: (at: string) => string): string | null {
  switch (endpoint.state) {
    case 'unreachable':
      return say('nav.notReachableSince', { time: time(endpoint.since) })
    case 'not-running':
      return say('providers.state.not-running')
    case 'refused':
    case 'broken':
    case 'too-old':
      return say('nav.needsYou')
    default:
      return null
  }
}
