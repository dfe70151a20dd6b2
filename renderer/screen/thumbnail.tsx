import { type ReactNode, useEffect, useRef, useState } from 'react'
import type { MachineId } from '../../app/domain/ids.ts'
import type { ScreenStatus } from '../../app/domain/screen.ts'
import { useMinute } from '../format/clock.ts'
import { momentText } from '../format/moment-text.ts'
import { useLocale, useSay } from '../say.tsx'
import { attachScreen } from './attach-screen.ts'
import './display.css'
import { fittedPainter } from './fitted-painter.ts'
import { createThumbnailPace } from './thumbnail-pace.ts'

/** A small picture need not move: this is as often as it is drawn anew. */
const refreshMs = 5_000

/**
 * A machine's screen, small: live every few seconds while it is looked at, else the last picture with its time. Until there
 * is one, `children`.
 */
export function ScreenThumbnail({
  machineId,
  consoleId,
  name,
  children,
}: {
  readonly machineId: MachineId
  readonly consoleId: string
  readonly name: string
  readonly children: ReactNode
}): ReactNode {
  const say = useSay()
  const locale = useLocale()
  const now = useMinute()
  const host = useRef<HTMLDivElement>(null)
  const [status, setStatus] = useState<ScreenStatus | null>(null)
  const [isDrawn, setDrawn] = useState(false)

  useEffect(() => {
    const place = host.current
    if (place === null) return
    const { painter, remove } = fittedPainter(place)
    const pace = createThumbnailPace(refreshMs, document)
    const line = attachScreen(
      { id: machineId, consoleId, isThumbnail: true },
      {
        status(next) {
          pace.becomes(next.state)
          setStatus(next)
        },
        frame: (frame) =>
          pace.draw(async () => {
            await painter.paint(frame)
            setDrawn(true)
          }),
      },
    )
    return () => {
      pace.end()
      line.leave()
      remove()
      setDrawn(false)
    }
  }, [machineId, consoleId])

  const isLive = status?.state === 'live'
  const at = status?.pictureAt ?? null
  return (
    <>
      {!isDrawn && children}
      <div
        ref={host}
        className={`display-stage preview-screen ${isLive ? '' : 'preview-past'}`}
        role="img"
        aria-label={say('screen.of', { name })}
        hidden={!isDrawn}
      />
      {isDrawn && !isLive && at !== null && (
        <span className="preview-time">{say('screen.asOf', { time: momentText(at, now, locale, say) })}</span>
      )}
    </>
  )
}
