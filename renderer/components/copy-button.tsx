import { type ReactNode, useEffect, useState } from 'react'
import { useSay } from '../say.tsx'
import { IconButton } from './icon-button.tsx'

const shownMs = 1500

/** Copies a text and shows a check for a moment. `label` says what is copied. */
export function CopyButton({
  text,
  label,
  size = 'small',
}: {
  readonly text: string
  readonly label?: string
  readonly size?: 'normal' | 'small'
}): ReactNode {
  const say = useSay()
  const [isCopied, setCopied] = useState(false)
  useEffect(() => {
    if (!isCopied) return
    const timer = setTimeout(() => setCopied(false), shownMs)
    return () => clearTimeout(timer)
  }, [isCopied])
  return (
    <>
      <IconButton
        size={size}
        icon={isCopied ? 'check' : 'copy'}
        label={isCopied ? say('action.copied') : (label ?? say('action.copy'))}
        onClick={() => void navigator.clipboard.writeText(text).then(() => setCopied(true))}
      />
      <span role="status" className="visually-hidden">
        {isCopied ? say('action.copied') : ''}
      </span>
    </>
  )
}
