import type { ReactNode } from 'react'
import './icon.css'

/** Berth's own icons: a 16 px grid, 1.5 px strokes, round ends, the colour of the text they stand in. */
const shapes = {
  search: (
    <>
      <circle cx="7" cy="7" r="4.25" />
      <path d="m10.2 10.2 3.3 3.3" />
    </>
  ),
  plus: <path d="M8 3v10M3 8h10" />,
  minus: <path d="M3 8h10" />,
  down: <path d="m4.5 6.5 3.5 3.5 3.5-3.5" />,
  left: <path d="m9.5 4.5-3.5 3.5 3.5 3.5" />,
  right: <path d="m6.5 4.5 3.5 3.5-3.5 3.5" />,
  up: <path d="m4.5 9.5 3.5-3.5 3.5 3.5" />,
  play: <path d="M5 3.6v8.8a.4.4 0 0 0 .6.3l7-4.4a.4.4 0 0 0 0-.6l-7-4.4a.4.4 0 0 0-.6.3Z" />,
  stop: <rect x="4" y="4" width="8" height="8" rx="1.5" />,
  pause: <path d="M5.75 3.75v8.5M10.25 3.75v8.5" />,
  moon: <path d="M13 9.4A5.4 5.4 0 0 1 6.6 3 5.4 5.4 0 1 0 13 9.4Z" />,
  terminal: (
    <>
      <rect x="1.75" y="2.75" width="12.5" height="10.5" rx="2" />
      <path d="m4.5 6 2 2-2 2M8.5 10.25h3" />
    </>
  ),
  screen: (
    <>
      <rect x="1.75" y="2.75" width="12.5" height="8.5" rx="1.75" />
      <path d="M5.5 13.75h5" />
    </>
  ),
  cube: (
    <>
      <path d="M8 1.9 13.4 5v6L8 14.1 2.6 11V5L8 1.9Z" />
      <path d="M2.8 5.1 8 8l5.2-2.9M8 8v6" />
    </>
  ),
  environment: (
    <path d="M6.5 2.75H4.75a2 2 0 0 0-2 2v6.5a2 2 0 0 0 2 2H6.5M9.5 2.75h1.75a2 2 0 0 1 2 2v6.5a2 2 0 0 1-2 2H9.5" />
  ),
  snapshot: (
    <>
      <circle cx="8" cy="8" r="2.25" />
      <path d="M8 1.75v4M8 10.25v4" />
    </>
  ),
  'snapshot-add': (
    <>
      <circle cx="6" cy="8" r="2.25" />
      <path d="M6 1.75v4M6 10.25v4M12 6v4M10 8h4" />
    </>
  ),
  branch: (
    <>
      <circle cx="4.5" cy="3.75" r="1.75" />
      <circle cx="4.5" cy="12.25" r="1.75" />
      <circle cx="11.75" cy="6.25" r="1.75" />
      <path d="M4.5 5.5v5M11.75 8c0 2-3 2-5.6 3.2" />
    </>
  ),
  more: (
    <>
      <circle cx="3.5" cy="8" r=".9" className="solid" />
      <circle cx="8" cy="8" r=".9" className="solid" />
      <circle cx="12.5" cy="8" r=".9" className="solid" />
    </>
  ),
  sidebar: (
    <>
      <rect x="1.75" y="2.75" width="12.5" height="10.5" rx="2" />
      <path d="M6.25 2.75v10.5" />
    </>
  ),
  sort: <path d="M3 4.5h10M4.75 8h6.5M6.5 11.5h3" />,
  gear: (
    <>
      <circle cx="8" cy="8" r="2.1" />
      <path d="M8 1.9v1.6M8 12.5v1.6M1.9 8h1.6M12.5 8h1.6M3.7 3.7l1.1 1.1M11.2 11.2l1.1 1.1M12.3 3.7l-1.1 1.1M4.8 11.2l-1.1 1.1" />
    </>
  ),
  copy: (
    <>
      <rect x="5.75" y="5.75" width="7.5" height="7.5" rx="1.5" />
      <path d="M10.25 5.5V4.25a1.5 1.5 0 0 0-1.5-1.5h-4.5a1.5 1.5 0 0 0-1.5 1.5v4.5a1.5 1.5 0 0 0 1.5 1.5H5.5" />
    </>
  ),
  folder: (
    <path d="M1.9 5.6V4.5a1.5 1.5 0 0 1 1.5-1.5h2.5l1.6 1.7h5.1a1.5 1.5 0 0 1 1.5 1.5v5.3a1.5 1.5 0 0 1-1.5 1.5H3.4a1.5 1.5 0 0 1-1.5-1.5Z" />
  ),
  check: <path d="m3.25 8.5 3 3 6.5-7" />,
  close: <path d="m4 4 8 8M12 4l-8 8" />,
  warning: (
    <>
      <path d="M8 2.4 14.2 13H1.8L8 2.4Z" />
      <path d="M8 6.5v3M8 11.2v.1" />
    </>
  ),
  info: (
    <>
      <circle cx="8" cy="8" r="6.1" />
      <path d="M8 7.4v3.6M8 4.9V5" />
    </>
  ),
  failed: (
    <>
      <path d="M5.5 1.9h5l3.6 3.6v5l-3.6 3.6h-5l-3.6-3.6v-5Z" />
      <path d="M8 5v3.6M8 11v.1" />
    </>
  ),
  server: (
    <>
      <rect x="2.25" y="2.75" width="11.5" height="4.5" rx="1.25" />
      <rect x="2.25" y="8.75" width="11.5" height="4.5" rx="1.25" />
      <path d="M4.75 5h.1M4.75 11h.1M8 5h3.5M8 11h3.5" />
    </>
  ),
  laptop: (
    <>
      <rect x="3.25" y="3.25" width="9.5" height="7" rx="1.25" />
      <path d="M1.5 12.75h13" />
    </>
  ),
  machines: (
    <>
      <rect x="2.25" y="2.75" width="11.5" height="10.5" rx="2" />
      <path d="M2.5 6.5h11M2.5 9.75h11" />
    </>
  ),
  tag: <path d="M6.1 2.5 4.9 13.5M11.1 2.5 9.9 13.5M2.75 5.75h11M2.25 10.25h11" />,
  refresh: <path d="M13 5.5A5.6 5.6 0 0 0 2.6 6.6M3 10.5a5.6 5.6 0 0 0 10.4-1.1M13.2 2.5v3.2H10M2.8 13.5v-3.2H6" />,
  clock: (
    <>
      <circle cx="8" cy="8" r="6.1" />
      <path d="M8 4.6V8l2.3 1.5" />
    </>
  ),
  undo: <path d="M3 6.5h6.25a3.75 3.75 0 0 1 0 7.5H6M3 6.5 6 3.5M3 6.5l3 3" />,
  memory: (
    <>
      <rect x="4" y="4" width="8" height="8" rx="1.25" />
      <path d="M6.25 1.75V4M9.75 1.75V4M6.25 12v2.25M9.75 12v2.25M1.75 6.25H4M1.75 9.75H4M12 6.25h2.25M12 9.75h2.25" />
    </>
  ),
  keyboard: (
    <>
      <rect x="1.5" y="3.75" width="13" height="8.5" rx="1.75" />
      <path d="M4.25 6.5h.1M6.75 6.5h.1M9.25 6.5h.1M11.75 6.5h.1M5 9.75h6" />
    </>
  ),
  'fill-window': (
    <path d="M2.75 6V4.25a1.5 1.5 0 0 1 1.5-1.5H6M10 2.75h1.75a1.5 1.5 0 0 1 1.5 1.5V6M13.25 10v1.75a1.5 1.5 0 0 1-1.5 1.5H10M6 13.25H4.25a1.5 1.5 0 0 1-1.5-1.5V10" />
  ),
  'own-size': <path d="M3.25 5.25 5 4v8M10.25 5.25 12 4v8M8 6.4v.1M8 9.9v.1" />,
  'follow-window': (
    <>
      <rect x="1.75" y="3.25" width="12.5" height="9.5" rx="1.75" />
      <path d="M4.5 8h7M6 6.25 4.25 8 6 9.75M10 6.25 11.75 8 10 9.75" />
    </>
  ),
  'open-outside': (
    <path d="M9.5 2.75h3.75V6.5M13 3 7.75 8.25M6.75 3.25h-2.5a1.5 1.5 0 0 0-1.5 1.5v7a1.5 1.5 0 0 0 1.5 1.5h7a1.5 1.5 0 0 0 1.5-1.5v-2.5" />
  ),
  split: (
    <>
      <rect x="1.75" y="2.75" width="12.5" height="10.5" rx="2" />
      <path d="M8 2.75v10.5" />
    </>
  ),
  'to-top': <path d="m4 9.5 4-4 4 4M4 12.75h8" />,
  trash: (
    <path d="M2.75 4.5h10.5M6.25 4.25v-1a.75.75 0 0 1 .75-.75h2a.75.75 0 0 1 .75.75v1M4.25 4.75l.5 7.5a1.25 1.25 0 0 0 1.25 1.1h4a1.25 1.25 0 0 0 1.25-1.1l.5-7.5" />
  ),
  download: <path d="M8 2.75v7.5M4.75 7.25 8 10.5l3.25-3.25M2.75 13.25h10.5" />,
  upload: <path d="M8 10.5V3M4.75 6 8 2.75 11.25 6M2.75 13.25h10.5" />,
  pin: <path d="M5.5 2.75h5l-.6 3.6 2.1 2.4H4l2.1-2.4-.6-3.6ZM8 8.75v4.75" />,
  key: (
    <>
      <circle cx="5" cy="11" r="2.75" />
      <path d="m7 9 6-6M10.5 5.5l2 2" />
    </>
  ),
  network: (
    <>
      <path d="M8 2.75v4M3.75 10V8.5a1.5 1.5 0 0 1 1.5-1.5h5.5a1.5 1.5 0 0 1 1.5 1.5V10" />
      <rect x="2.25" y="10.25" width="3" height="3" rx=".75" />
      <rect x="10.75" y="10.25" width="3" height="3" rx=".75" />
      <rect x="6.5" y="1.75" width="3" height="2.5" rx=".75" />
    </>
  ),
  edit: <path d="m10.5 3 2.5 2.5-7 7-3.25.75L3.5 10Z" />,
  plug: <path d="M5.75 2.25v3M10.25 2.25v3M4 5.5h8v2.25a4 4 0 0 1-8 0ZM8 11.75v2.5" />,
  berth: (
    <>
      <path d="M2.25 3v7.25a3 3 0 0 0 3 3h5.5a3 3 0 0 0 3-3V3" />
      <rect x="5.5" y="3.5" width="5" height="6" rx="1.25" className="solid" />
    </>
  ),
} as const

export type IconName = keyof typeof shapes

/** Decoration: what it means stands beside it as text, visible or for a screen reader. */
export function Icon({
  name,
  size = 'normal',
  className = '',
}: {
  readonly name: IconName
  readonly size?: 'normal' | 'small'
  readonly className?: string
}): ReactNode {
  return (
    <svg
      data-icon={name}
      className={`icon ${size === 'small' ? 'icon-small ' : ''}${className}`}
      viewBox="0 0 16 16"
      aria-hidden="true"
    >
      {shapes[name]}
    </svg>
  )
}
