import { type ReactNode, useState } from 'react'
import type { Notice } from '../../../app/domain/provider.ts'
import { Icon } from '../../components/icon.tsx'
import { IconButton } from '../../components/icon-button.tsx'
import { Say, useSay } from '../../say.tsx'
import { useApp } from '../../store/store.ts'
import './state-notices.css'

const none: readonly Notice[] = []

/** What is wrong with Berth's own files: above everything, until each is dismissed or put right. */
export function StateNotices(): ReactNode {
  const say = useSay()
  const notices = useApp((state) => state.system?.notices ?? none)
  const [dismissed, setDismissed] = useState<readonly string[]>([])
  const shown = notices.filter(({ text }) => !dismissed.includes(JSON.stringify(text)))
  if (shown.length === 0) return null
  return (
    <section className="state-notices" aria-label={say('state.notices')}>
      {shown.map(({ level, text }) => (
        <div key={JSON.stringify(text)} className="state-notice" role="status">
          <Icon name={level === 'warning' ? 'warning' : 'info'} />
          <p>
            <Say text={text} />
          </p>
          <IconButton
            icon="close"
            label={say('state.dismiss')}
            onClick={() => setDismissed([...dismissed, JSON.stringify(text)])}
          />
        </div>
      ))}
    </section>
  )
}
