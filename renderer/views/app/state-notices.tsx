import { type ReactNode, useEffect, useRef, useState } from 'react'
import type { Notice } from '../../../app/domain/provider.ts'
import { Icon } from '../../components/icon.tsx'
import { IconButton } from '../../components/icon-button.tsx'
import { Say, useSay } from '../../say.tsx'
import { remember, remembered } from '../../store/remembered.ts'
import { useApp } from '../../store/store.ts'
import './state-notices.css'

const none: readonly Notice[] = []
const keyOf = ({ text }: Notice): string => JSON.stringify(text)

/** What is wrong with Berth's own files: at the window's foot, over nothing, until each is dismissed or put right. */
export function StateNotices(): ReactNode {
  const say = useSay()
  const notices = useApp((state) => state.system?.notices ?? none)
  const [dismissed, dismiss] = useDismissed(notices)
  const shown = notices.filter((notice) => !dismissed.includes(keyOf(notice)))
  if (shown.length === 0) return null
  return (
    <section className="state-notices" aria-label={say('state.notices')}>
      {shown.map((notice) => (
        <div key={keyOf(notice)} className="state-notice" role="status">
          <Icon name={notice.level === 'warning' ? 'warning' : 'info'} />
          <p>
            <Say text={notice.text} />
          </p>
          <IconButton icon="close" label={say('state.dismiss')} onClick={() => dismiss(keyOf(notice))} />
        </div>
      ))}
    </section>
  )
}

const storageKey = 'dismissedNotices'
/** More files than Berth has. */
const maxDismissed = 50

/** What was dismissed stays so, over reloads and starts, until it was put right: then it may come again. */
function useDismissed(notices: readonly Notice[]): readonly [readonly string[], (key: string) => void] {
  const [dismissed, setDismissed] = useState(() => remembered<readonly string[]>(storageKey, []))
  const seen = useRef<readonly string[]>([])
  useEffect(() => {
    const keys = notices.map(keyOf)
    const righted = seen.current.filter((key) => !keys.includes(key))
    seen.current = keys
    if (righted.length > 0) setDismissed((before) => before.filter((key) => !righted.includes(key)))
  }, [notices])
  useEffect(() => remember(storageKey, dismissed), [dismissed])
  return [dismissed, (key) => setDismissed((before) => [...before, key].slice(-maxDismissed))]
}
