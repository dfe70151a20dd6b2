import { type ReactNode, useState } from 'react'
import type { ScreenStatus } from '../../app/domain/screen.ts'
import { IconButton } from '../components/icon-button.tsx'
import { Menu, type MenuEntry } from '../components/menu.tsx'
import { useSay } from '../say.tsx'
import { chordText, specialChords } from './keys.ts'
import type { ScreenLook, ScreenScale, ScreenView } from './screen-view.ts'

/** What can be done with a screen besides typing into it. It begins with `children`: the choice of consoles. */
export function DisplayBar({
  status,
  look,
  view,
  scale,
  onScale,
  onFill,
  end,
  children,
}: {
  readonly status: ScreenStatus | null
  readonly look: ScreenLook
  readonly view: ScreenView | null
  readonly scale: ScreenScale
  readonly onScale: (scale: ScreenScale) => void
  readonly onFill: () => void
  readonly end: ReactNode
  readonly children: ReactNode
}): ReactNode {
  const say = useSay()
  const [remark, setRemark] = useState<string | null>(null)
  const takes = status?.state === 'live' ? status.takes : null

  const copy = (): void => {
    view?.copy().then(
      () => setRemark(say('screen.copied')),
      () => setRemark(say('screen.copyDenied')),
    )
  }
  const paste = (): void => {
    navigator.clipboard.readText().then(
      (text) => {
        setRemark(null)
        view?.type(text)
      },
      () => setRemark(say('screen.pasteDenied')),
    )
  }
  const keyEntries = (): readonly MenuEntry[] => [
    ...specialChords.map(
      (codes): MenuEntry => ({
        kind: 'item',
        id: codes.join(' '),
        label: chordText(codes),
        reason: takes?.keyboard === true ? null : say('screen.noKeys'),
        choose: () => view?.chord(codes),
      }),
    ),
    { kind: 'separator', id: 'text' },
    {
      kind: 'item',
      id: 'paste',
      label: say('screen.paste'),
      reason: takes?.text === true ? null : say('screen.noText'),
      choose: paste,
    },
  ]
  const isFit = scale !== 'actual'
  const isFollowed = scale === 'guest'
  return (
    <div className="console-bar">
      {children}
      <span className="grow" />
      {remark !== null ? (
        <span className="display-size" role="status">
          {remark}
        </span>
      ) : (
        <span className="display-size">{look.size !== null && <SizeText look={look} />}</span>
      )}
      <Menu entries={keyEntries} align="end">
        <IconButton size="small" icon="keyboard" label={say('screen.keys')} />
      </Menu>
      <IconButton
        size="small"
        icon="copy"
        label={say(look.size?.kind === 'text' ? 'screen.copyText' : 'screen.copyPicture')}
        reason={look.size === null ? say('screen.nothingYet') : null}
        onClick={copy}
        onBlur={() => setRemark(null)}
      />
      <IconButton
        size="small"
        icon="own-size"
        label={say(isFit ? 'screen.actual' : 'screen.fit')}
        aria-pressed={!isFit}
        onClick={() => onScale(isFit ? 'actual' : 'fit')}
      />
      {takes?.resize === true && (
        <IconButton
          size="small"
          icon="follow-window"
          label={say('screen.follow')}
          aria-pressed={isFollowed}
          onClick={() => onScale(isFollowed ? 'fit' : 'guest')}
        />
      )}
      <IconButton size="small" icon="fill-window" label={say('screen.fill')} onClick={onFill} />
      {end}
    </div>
  )
}

function SizeText({ look }: { readonly look: ScreenLook }): ReactNode {
  const say = useSay()
  if (look.size === null) return null
  const { width, height } = look.size
  return look.zoomPercent === null
    ? say('screen.size', { width, height })
    : say('screen.sizeZoom', { width, height, percent: look.zoomPercent })
}
