import type { ReactNode } from 'react'
import type { Settings } from '../../../app/domain/settings.ts'
import { clearFailure } from '../../actions/call.ts'
import { reveal, setToolPath } from '../../actions/endpoints.ts'
import { openDialog } from '../../actions/navigate.ts'
import { saveSettings, zoomText } from '../../actions/settings.ts'
import { Button } from '../../components/button.tsx'
import { Checkbox } from '../../components/checkbox.tsx'
import { EmptyState } from '../../components/empty-state.tsx'
import { IconButton } from '../../components/icon-button.tsx'
import { Segments } from '../../components/segments.tsx'
import { Select } from '../../components/select.tsx'
import { isMac } from '../../keyboard/platform.ts'
import { shortcutText } from '../../keyboard/shortcuts.ts'
import { useSay } from '../../say.tsx'
import { failureAt } from '../../store/selectors.ts'
import { useApp } from '../../store/store.ts'
import { PageHeader } from '../app/page-header.tsx'
import { ErrorCard } from '../machine/error-card.tsx'
import { SettingRow, SettingSection } from './setting-row.tsx'
import './settings.css'

const fontSizes = [10, 11, 12, 12.5, 13, 14, 16, 18, 20, 24] as const
const scrollbacks = [1_000, 5_000, 10_000, 50_000, 100_000] as const

/** The person's settings; each applies at once. */
export function SettingsPage(): ReactNode {
  const say = useSay()
  const settings = useApp((state) => state.settings)
  const failure = useApp(failureAt('settings'))
  return (
    <>
      <PageHeader title={say('settings.title')} />
      <div className="page">
        <div className="settings">
          {failure !== null && (
            <ErrorCard
              title={{ key: 'settings.notSaved' }}
              error={failure.error}
              taskId={null}
              tool={null}
              actions={['copyReport']}
              onAction={() => {}}
              onClose={() => clearFailure('settings')}
            />
          )}
          {settings === null ? (
            <EmptyState>{say('settings.loading')}</EmptyState>
          ) : (
            <>
              <Appearance settings={settings} />
              <Terminals settings={settings} />
              <Quitting settings={settings} />
              <Tools settings={settings} />
              <About />
            </>
          )}
        </div>
      </div>
    </>
  )
}

function Appearance({ settings }: { readonly settings: Settings }): ReactNode {
  const say = useSay()
  return (
    <SettingSection title={say('settings.appearance')}>
      <SettingRow label={say('settings.language')}>
        {(label) => (
          <Select
            label={label}
            value={settings.locale}
            options={[
              { value: 'system', label: say('settings.language.system') },
              { value: 'en', label: 'English' },
              { value: 'ko', label: '한국어' },
            ]}
            onChange={(locale) => void saveSettings({ locale })}
          />
        )}
      </SettingRow>
      <SettingRow label={say('settings.theme')}>
        {(label) => (
          <Segments
            label={label}
            value={settings.theme}
            segments={(['system', 'light', 'dark'] as const).map((value) => ({
              value,
              label: say(`settings.theme.${value}`),
            }))}
            onChange={(theme) => void saveSettings({ theme })}
          />
        )}
      </SettingRow>
      <SettingRow
        label={say('settings.zoom')}
        hint={say('settings.zoomHint', {
          keys: `${shortcutText('zoomLarger', isMac)}, ${shortcutText('zoomSmaller', isMac)}`,
        })}
      >
        {() => (
          <>
            <IconButton icon="minus" label={say('settings.zoomSmaller')} onClick={() => zoomText(-1)} />
            <Button kind="quiet" hint={say('settings.zoomReset')} onClick={() => zoomText(0)}>
              {say('tasks.percent', { percent: settings.textZoomPercent })}
            </Button>
            <IconButton icon="plus" label={say('settings.zoomLarger')} onClick={() => zoomText(1)} />
          </>
        )}
      </SettingRow>
    </SettingSection>
  )
}

function Terminals({ settings: { terminal } }: { readonly settings: Settings }): ReactNode {
  const say = useSay()
  return (
    <SettingSection title={say('settings.terminals')}>
      <SettingRow label={say('settings.terminalFont')}>
        {(label) => (
          <Select
            label={label}
            value={String(terminal.fontSizePx)}
            options={withValue(fontSizes, terminal.fontSizePx).map((size) => ({
              value: String(size),
              label: `${size} px`,
            }))}
            onChange={(size) => void saveSettings({ terminal: { fontSizePx: Number(size) } })}
          />
        )}
      </SettingRow>
      <SettingRow label={say('settings.scrollback')} hint={say('settings.scrollbackHint')}>
        {(label) => (
          <Select
            label={label}
            value={String(terminal.scrollbackLines)}
            options={withValue(scrollbacks, terminal.scrollbackLines).map((count) => ({
              value: String(count),
              label: say('settings.lines', { count }),
            }))}
            onChange={(lines) => void saveSettings({ terminal: { scrollbackLines: Number(lines) } })}
          />
        )}
      </SettingRow>
      <div className="setting">
        <Checkbox
          label={say('settings.terminalDark')}
          hint={say('settings.terminalDarkHint')}
          isChecked={terminal.alwaysDark}
          onChange={(alwaysDark) => void saveSettings({ terminal: { alwaysDark } })}
        />
      </div>
      <div className="setting">
        <Checkbox
          label={say('settings.screenReader')}
          hint={say('settings.screenReaderHint')}
          isChecked={terminal.screenReader}
          onChange={(screenReader) => void saveSettings({ terminal: { screenReader } })}
        />
      </div>
    </SettingSection>
  )
}

function Quitting({ settings }: { readonly settings: Settings }): ReactNode {
  const say = useSay()
  return (
    <SettingSection title={say('settings.quitting')}>
      <SettingRow label={say('settings.onQuit')} hint={say('settings.onQuitHint')}>
        {(label) => (
          <Select
            label={label}
            value={settings.onQuit}
            options={(['ask', 'keep'] as const).map((value) => ({ value, label: say(`settings.onQuit.${value}`) }))}
            onChange={(onQuit) => void saveSettings({ onQuit })}
          />
        )}
      </SettingRow>
    </SettingSection>
  )
}

function Tools({ settings }: { readonly settings: Settings }): ReactNode {
  const say = useSay()
  const paths = Object.entries(settings.toolPaths)
  return (
    <SettingSection
      title={say('settings.tools')}
      note={say(paths.length === 0 ? 'settings.toolsNone' : 'settings.toolsHint')}
    >
      {paths.map(([tool, path]) => (
        <SettingRow key={tool} label={tool} hint={<span className="mono selectable">{path}</span>}>
          {() => (
            <IconButton
              icon="close"
              label={say('settings.forget', { tool })}
              onClick={() => void setToolPath(tool, null)}
            />
          )}
        </SettingRow>
      ))}
    </SettingSection>
  )
}

function About(): ReactNode {
  const say = useSay()
  const system = useApp((state) => state.system)
  if (system === null) return null
  return (
    <SettingSection title={say('settings.about')}>
      <SettingRow label={say('settings.version')}>
        {() => <span className="selectable">{system.appVersion}</span>}
      </SettingRow>
      <SettingRow label={say('settings.data')} hint={<span className="mono selectable">{system.dataPath}</span>}>
        {() =>
          system.shell === 'electron' && (
            <IconButton icon="folder" label={say('settings.reveal')} onClick={() => void reveal(system.dataPath)} />
          )
        }
      </SettingRow>
      <SettingRow
        label={say('settings.licenses')}
        hint={say(system.shell === 'electron' ? 'settings.licensesHint.electron' : 'settings.licensesHint')}
      >
        {() => <Button onClick={() => openDialog({ kind: 'licenses' })}>{say('settings.licenses.show')}</Button>}
      </SettingRow>
    </SettingSection>
  )
}

/** The usual choices, and the present one should it be none of them. */
function withValue(choices: readonly number[], value: number): readonly number[] {
  return choices.includes(value) ? choices : [...choices, value].sort((one, other) => one - other)
}
