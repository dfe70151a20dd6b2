import { type ReactNode, useId } from 'react'
import { useShallow } from 'zustand/react/shallow'
import type { MachineId } from '../../../app/domain/ids.ts'
import type { PermitContext } from '../../../app/domain/permit.ts'
import { setTab } from '../../actions/navigate.ts'
import { Tabs, tabId } from '../../components/tabs.tsx'
import { useSay } from '../../say.tsx'
import { failureAt, permitContext, tabOf } from '../../store/selectors.ts'
import { useSnapshotTree } from '../../store/snapshots.ts'
import { useApp } from '../../store/store.ts'
import { type DetailTab, detailTabs } from '../../store/ui.ts'
import { SnapshotsTab } from '../snapshots/snapshots-tab.tsx'
import { ConsoleTab } from '../terminals/console-tab.tsx'
import { ActivityTab } from './activity-tab.tsx'
import { MachineFailure } from './machine-failure.tsx'
import { MachineHeader } from './machine-header.tsx'
import './machine-page.css'
import { isAway } from '../../../app/domain/provider.ts'
import { EndpointAway } from './endpoint-away.tsx'
import { OverviewTab } from './overview-tab.tsx'
import { SettingsTab } from './settings-tab.tsx'
import { UndoBar } from './undo-bar.tsx'
import { usePageCommands } from './use-page-commands.ts'

/** One machine's own page. */
export function MachinePage({ machineId }: { readonly machineId: MachineId }): ReactNode {
  const context = useApp(useShallow((state) => permitContext(state, machineId)))
  return context === null ? null : <Page context={context} />
}

function Page({ context }: { readonly context: PermitContext }): ReactNode {
  const say = useSay()
  const panelId = useId()
  const { machine, provider } = context
  const hasSnapshots = provider.capabilities.includes('snapshots') && machine.state !== 'inaccessible'
  const { tree } = useSnapshotTree(machine.id, hasSnapshots)
  const hasFailure = useApp((state) => failureAt(`machine:${machine.id}`)(state) !== null)
  const asked = useApp(tabOf(machine.id))

  const isClosed = machine.state === 'inaccessible'
  const closed = isClosed ? say('why.state.inaccessible', { name: machine.name }) : null
  const tabs = detailTabs
    .filter((tab) => isOffered(tab, context))
    .map((tab) => ({
      value: tab,
      label: say(`tab.${tab}`),
      count: tab === 'snapshots' && tree !== null && tree.snapshots.length > 0 ? tree.snapshots.length : null,
      reason: tab === 'overview' || tab === 'activity' ? null : closed,
      isManual: tab === 'console',
    }))
  const isOpenable = tabs.some((tab) => tab.value === asked && tab.reason === null)
  const shown: DetailTab = isOpenable ? asked : 'overview'
  usePageCommands(context, tabs, tree?.restores[0] ?? null)

  return (
    <div className="machine-page">
      <MachineHeader context={context} isPrimaryFree={!hasFailure && !isClosed} />
      <Tabs
        label={say('detail.tabs', { name: machine.name })}
        value={shown}
        tabs={tabs}
        onChange={(tab) => setTab(machine.id, tab)}
        panelId={panelId}
      />
      <UndoBar context={context} restores={tree?.restores ?? []} />
      <div
        key={shown}
        id={panelId}
        role="tabpanel"
        aria-labelledby={tabId(panelId, shown)}
        className={`machine-panel machine-panel-${shown}`}
      >
        {isAway(context.endpoint) && <EndpointAway endpoint={context.endpoint} />}
        <MachineFailure context={context} tab={shown} />
        {shown === 'overview' && <OverviewTab context={context} />}
        {shown === 'console' && <ConsoleTab machineId={machine.id} />}
        {shown === 'snapshots' && <SnapshotsTab context={context} />}
        {shown === 'settings' && <SettingsTab context={context} />}
        {shown === 'activity' && <ActivityTab context={context} />}
      </div>
    </div>
  )
}

/** Tabs of what the provider can never do are not there; Snapshots stays, since it says why there are none. */
function isOffered(tab: DetailTab, { provider }: PermitContext): boolean {
  if (tab === 'console') return provider.capabilities.includes('consoles')
  if (tab === 'settings') return provider.capabilities.includes('configure')
  return true
}
