import { type ReactNode, useEffect, useRef, useState } from 'react'
import type { ConsoleOption } from '../../app/domain/console.ts'
import type { MachineId } from '../../app/domain/ids.ts'
import type { ScreenStatus } from '../../app/domain/screen.ts'
import { isMac } from '../keyboard/platform.ts'
import { Say, useSay } from '../say.tsx'
import { remember, remembered } from '../store/remembered.ts'
import './display.css'
import { DisplayBar } from './display-bar.tsx'
import { DisplayCover } from './display-cover.tsx'
import { letGoText } from './keys.ts'
import { openScreenView, type ScreenLook, type ScreenScale, type ScreenView } from './screen-view.ts'

const noLook: ScreenLook = { size: null, zoomPercent: null }

/** A machine's screen: the bar over it (which begins with `children`), the picture, and the line that says where keys go. */
export function Display({
  machineId,
  name,
  option,
  remark,
  end,
  children,
}: {
  readonly machineId: MachineId
  readonly name: string
  readonly option: ConsoleOption
  /** What this screen lacks, and the way to get it: below the picture while nobody types. */
  readonly remark: ReactNode
  /** What the bar ends with. */
  readonly end: ReactNode
  readonly children: ReactNode
}): ReactNode {
  const say = useSay()
  const host = useRef<HTMLDivElement>(null)
  const region = useRef<HTMLElement>(null)
  const [view, setView] = useState<ScreenView | null>(null)
  const [status, setStatus] = useState<ScreenStatus | null>(null)
  const [look, setLook] = useState(noLook)
  const [isCaptured, setCaptured] = useState(false)
  const [text, setText] = useState<string | null>(null)
  const [scale, setScale] = useState<ScreenScale>(() => remembered('screenScale', 'fit'))
  const consoleId = option.id

  useEffect(() => {
    if (host.current === null) return
    const opened = openScreenView(
      host.current,
      { id: machineId, consoleId },
      { status: setStatus, look: setLook, captured: setCaptured, text: setText },
    )
    setView(opened)
    return () => {
      opened.close()
      setView(null)
    }
  }, [machineId, consoleId])
  useEffect(() => view?.setScale(scale), [view, scale])

  const isLive = status?.state === 'live'
  const isDimmed = status !== null && !isLive
  return (
    <>
      <DisplayBar
        status={status}
        look={look}
        view={view}
        scale={scale}
        onScale={(next) => {
          setScale(next)
          remember('screenScale', next)
        }}
        onFill={() => void fill(region.current)}
        end={end}
      >
        {children}
      </DisplayBar>
      <section ref={region} className="display" aria-label={say('screen.of', { name })}>
        <div
          ref={host}
          // biome-ignore lint/a11y/noNoninteractiveTabindex: it takes the keyboard for the guest
          tabIndex={0}
          role="application"
          aria-label={say('screen.of', { name })}
          className={`display-stage ${scale === 'actual' ? 'display-actual' : ''} ${isDimmed ? 'display-past' : ''} ${isCaptured ? 'display-captured' : ''}`}
        />
        {text !== null && isLive && <pre className="visually-hidden">{text}</pre>}
        <DisplayCover machineId={machineId} name={name} status={status} onOpen={(takeOver) => view?.open(takeOver)} />
        <div className="display-line">
          <p>
            <LineText name={name} status={status} isCaptured={isCaptured} />
          </p>
          {isLive && !isCaptured && remark}
        </div>
      </section>
    </>
  )
}

function LineText({
  name,
  status,
  isCaptured,
}: {
  readonly name: string
  readonly status: ScreenStatus | null
  readonly isCaptured: boolean
}): ReactNode {
  const say = useSay()
  if (status?.state !== 'live') return null
  const { keyboard, pointer } = status.takes
  if (isCaptured) return <Say text="screen.captured" params={{ name, keys: letGoText(isMac) }} strong={['keys']} />
  return say(keyboard ? 'screen.click' : pointer === 'none' ? 'screen.lookOnly' : 'screen.clickPointer')
}

/** The whole display, with every key where the system lets us have them. */
async function fill(region: HTMLElement | null): Promise<void> {
  if (region === null) return
  await region.requestFullscreen().catch(() => {})
  const { keyboard } = navigator as { readonly keyboard?: { lock?(): Promise<void> } }
  await keyboard?.lock?.().catch(() => {})
}
