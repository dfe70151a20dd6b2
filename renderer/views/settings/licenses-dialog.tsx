import { type ReactNode, useState } from 'react'
import type { License } from '../../../app/domain/system.ts'
import { call } from '../../actions/call.ts'
import { closeDialog } from '../../actions/navigate.ts'
import { Dialog } from '../../components/dialog.tsx'
import { EmptyState } from '../../components/empty-state.tsx'
import { TextInput } from '../../components/text-input.tsx'
import { Say, useSay } from '../../say.tsx'
import { useAnswer } from '../machine/use-answer.ts'
import './licenses.css'

/** Every package in the program with its licence; each unfolds to the whole text. */
export function LicensesDialog(): ReactNode {
  const say = useSay()
  const [search, setSearch] = useState('')
  const { value, error } = useAnswer('licenses', 'licenses', () => call('system.licenses'))
  const licenses = (value ?? []).filter((license) => matches(license, search))
  return (
    <Dialog
      title={say('settings.licenses')}
      widthPx={720}
      onClose={closeDialog}
      headerExtra={
        <TextInput
          className="licenses-search"
          type="search"
          icon="search"
          isQuiet
          aria-label={say('settings.licenses.search')}
          placeholder={say('settings.licenses.search')}
          value={search}
          onChange={(event) => setSearch(event.currentTarget.value)}
        />
      }
      footer={null}
      note={value === null ? undefined : say('settings.licenses.count', { count: licenses.length })}
    >
      {error !== null && (
        <EmptyState>
          <Say text={error.message} />
        </EmptyState>
      )}
      {value !== null && licenses.length === 0 && <EmptyState>{say('settings.licenses.none')}</EmptyState>}
      <div className="licenses">
        {licenses.map((license) => (
          <details key={`${license.name} ${license.version}`} className="license">
            <summary className="license-name">
              <span className="grow">
                {license.name} {license.version}
              </span>
              <span className="license-identifier">{license.identifier}</span>
            </summary>
            <pre className="license-text selectable">{license.text}</pre>
          </details>
        ))}
      </div>
    </Dialog>
  )
}

function matches({ name, identifier }: License, search: string): boolean {
  return `${name} ${identifier}`.toLowerCase().includes(search.trim().toLowerCase())
}
