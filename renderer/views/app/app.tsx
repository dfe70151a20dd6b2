import { type CSSProperties, type ReactNode, useEffect } from 'react'
import { Button } from '../../components/button.tsx'
import { TooltipLayer } from '../../components/tooltip.tsx'
import { captionOf } from '../../keyboard/platform.ts'
import { useSay } from '../../say.tsx'
import { lastLook } from '../../store/last-look.ts'
import { setUi, useApp } from '../../store/store.ts'
import { useFileDrop } from '../drop/use-file-drop.ts'
import { MachineList } from '../machines/machine-list.tsx'
import { SelectionBar } from '../machines/selection-bar.tsx'
import { useTableFocus } from '../machines/table-toggle.ts'
import { Sidebar } from '../sidebar/sidebar.tsx'
import { TaskStrip } from '../tasks/task-strip.tsx'
import './app.css'
import { CreateDialog, Dialogs, MachineDialogs, Palette } from './dialogs.tsx'
import { DockPlane, TerminalDock } from './dock-plane.tsx'
import { fetched } from './fetched.tsx'
import { LiveRegions } from './live-regions.tsx'
import { NothingChosen } from './nothing-chosen.tsx'
import { defaultSizesFor, minDetail, sizeLimits, useSizes } from './sizes.ts'
import { Splitter } from './splitter.tsx'
import { StateNotices } from './state-notices.tsx'
import { useCommands } from './use-commands.ts'
import { useFirstRun } from './use-first-run.ts'
import { useLayout, useZoom } from './use-layout.ts'
import { useLeavePage } from './use-leave-page.ts'
import { useLook } from './use-look.ts'
import { useSidebarOver } from './use-sidebar-over.ts'
import { useStepFocus } from './use-step-focus.ts'
import { useTaskFailures } from './use-task-failures.ts'

// What the first picture does not show comes when it is needed: the list must be there first.
const MachinePage = fetched(async () => (await import('../machine/machine-page.tsx')).MachinePage)
const TrashPage = fetched(async () => (await import('../trash/trash-page.tsx')).TrashPage)
const ProvidersPage = fetched(async () => (await import('../providers/providers-page.tsx')).ProvidersPage)
const SettingsPage = fetched(async () => (await import('../settings/settings-page.tsx')).SettingsPage)
const FirstRunPage = fetched(async () => (await import('../first-run/first-run-page.tsx')).FirstRunPage)
const SelectionSummary = fetched(async () => (await import('../machines/selection-summary.tsx')).SelectionSummary)

/** What is wanted first comes first. One after the other: whoever clicks meanwhile waits for one at most. */
async function fetchAhead(): Promise<void> {
  const first = [MachinePage, Palette, CreateDialog, MachineDialogs, TerminalDock]
  for (const part of [...first, SelectionSummary, ProvidersPage, SettingsPage, TrashPage]) await part.fetch()
}

/** The window: planes side by side, what floats above them, and what goes for all of them. */
export function App(): ReactNode {
  useLook()
  useFirstRun()
  useTaskFailures()
  const layout = useLayout()
  const zoom = Math.max(1, useZoom())
  const [sizes, setSizes] = useSizes(layout.widthPx)
  const say = useSay()
  useCommands(layout)

  const view = useApp((state) => state.ui.view)
  const isTable = useApp((state) => (state.settings ?? lastLook).list.table) && view === 'machines'
  const step = useApp((state) => state.ui.step)
  const caption = useApp((state) => captionOf(state.system))
  const isHidden = useApp((state) => state.ui.isSidebarHidden)
  const isOver = useApp((state) => state.ui.isSidebarOver) && !layout.hasSidebar
  const hasSidebar = layout.hasSidebar && !isHidden

  useEffect(() => {
    if (layout.hasSidebar) setUi({ isSidebarOver: false })
  }, [layout.hasSidebar])
  useSidebarOver(isOver)

  // Fetched once the list stands and nothing else is to be done, so that nothing that is opened first need wait.
  const isReady = useApp((state) => state.connection.state === 'ready')
  useEffect(() => {
    if (!isReady) return
    const idle = requestIdleCallback(() => {
      // What cannot be fetched says so where it is to be shown.
      fetchAhead().catch(() => {})
    })
    return () => cancelIdleCallback(idle)
  }, [isReady])

  const sidebarWidth = hasSidebar ? sizes.sidebar : 0
  const greatestList = Math.max(
    sizeLimits.list[0],
    Math.min(sizeLimits.list[1], layout.widthPx - sidebarWidth - minDetail),
  )
  const listWidth = layout.isListNarrow ? Math.min(300, greatestList) : Math.min(sizes.list, greatestList)
  const isPage = view !== 'machines'
  // The table has the whole width: a machine's page takes its place, as in a narrow window.
  const isOne = !isPage && (isTable || layout.isTwoStep)
  const showsList = !isPage && (!isOne || step === 'list')
  const showsDetail = !isPage && (!isOne || step === 'detail')

  // Alone it is what the window is about.
  const ListPlane = showsDetail ? 'section' : 'main'

  useTableFocus(isTable)
  useStepFocus(isOne, step)
  useLeavePage(view)
  useFileDrop()

  const className = [
    'window',
    `caption-${caption}`,
    isPage && 'window-page',
    isTable && showsList && 'window-table',
    isOne && 'window-one',
    !hasSidebar && 'window-bare',
  ].filter(Boolean)

  return (
    <div
      className={className.join(' ')}
      style={
        {
          '--sidebar-width': `${sidebarWidth * zoom}px`,
          '--list-width': `${listWidth * zoom}px`,
        } as CSSProperties
      }
    >
      {(hasSidebar || isOver) && (
        <aside className={`plane plane-sidebar ${isOver ? 'plane-sidebar-over' : ''}`} data-pane="sidebar">
          <Sidebar />
          {hasSidebar && (
            <Splitter
              label={say('sidebar.resize')}
              grows="right"
              value={sizes.sidebar}
              min={sizeLimits.sidebar[0]}
              max={sizeLimits.sidebar[1]}
              initial={defaultSizesFor(layout.widthPx).sidebar}
              scale={zoom}
              onChange={(sidebar) => setSizes({ sidebar })}
            />
          )}
        </aside>
      )}
      {isOver && (
        // biome-ignore lint/a11y/noStaticElementInteractions: a convenience for the pointer; Escape and the button do the same
        // biome-ignore lint/a11y/useKeyWithClickEvents: as above
        <div className="sidebar-scrim" onClick={() => setUi({ isSidebarOver: false })} />
      )}
      {showsList && (
        <ListPlane className="plane plane-list" aria-label={say('pane.list')} data-pane="list">
          <MachineList isTable={isTable} hidesSystem={layout.isListNarrow && !layout.isTwoStep} />
          {!isTable && !isOne && !layout.isListNarrow && (
            <Splitter
              label={say('list.resize')}
              grows="right"
              value={listWidth}
              min={sizeLimits.list[0]}
              max={greatestList}
              initial={defaultSizesFor(layout.widthPx).list}
              scale={zoom}
              onChange={(list) => setSizes({ list })}
            />
          )}
        </ListPlane>
      )}
      {showsList && <SelectionBar />}
      {showsDetail && (
        <main className="plane plane-detail" aria-label={say('pane.detail')} data-pane="detail">
          {isOne && (
            <div className="detail-back drag-region">
              <Button kind="quiet" size="small" icon="left" onClick={() => setUi({ step: 'list' })}>
                {say('action.back')}
              </Button>
            </div>
          )}
          <Detail />
        </main>
      )}
      {isPage && (
        <main className="plane plane-page" data-pane="detail">
          {view === 'providers' && <ProvidersPage />}
          {view === 'settings' && <SettingsPage />}
          {view === 'trash' && <TrashPage />}
          {view === 'first-run' && <FirstRunPage />}
        </main>
      )}
      <DockPlane heightPx={sizes.dock} onResize={(dock) => setSizes({ dock })} />
      <section className="plane plane-strip" aria-label={say('pane.strip')} data-pane="strip">
        <StateNotices />
        <TaskStrip />
      </section>
      <Dialogs />
      <LiveRegions />
      <TooltipLayer />
    </div>
  )
}

function Detail(): ReactNode {
  const selection = useApp((state) => state.ui.selection)
  const [only, ...more] = selection
  if (only === undefined) return <NothingChosen />
  return more.length > 0 ? <SelectionSummary ids={selection} /> : <MachinePage key={only} machineId={only} />
}
