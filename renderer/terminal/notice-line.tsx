import { type ReactNode, useEffect, useRef } from 'react'
import { Button } from '../components/button.tsx'
import { useSay } from '../say.tsx'

/** A question or a remark under a terminal's text. A question takes the keyboard until it is answered; Escape says no. */
export function NoticeLine({
  text,
  yes,
  onYes,
  onNo,
}: {
  readonly text: string
  readonly yes?: string
  readonly onYes?: () => void
  readonly onNo: () => void
}): ReactNode {
  const say = useSay()
  const first = useRef<HTMLButtonElement>(null)
  useEffect(() => first.current?.focus(), [])
  return (
    <section className="terminal-line" aria-label={text} onKeyDown={(event) => event.key === 'Escape' && onNo()}>
      <span className="grow" role="status">
        {text}
      </span>
      {onYes !== undefined && (
        <Button ref={first} size="small" onClick={onYes}>
          {yes}
        </Button>
      )}
      <Button size="small" kind="quiet" onClick={onNo}>
        {onYes === undefined ? say('action.close') : say('verb.cancel')}
      </Button>
    </section>
  )
}
