import { type ReactNode, useEffect, useState } from 'react'
import type { CreateSpec } from '../../../app/domain/spec.ts'
import { previewCreate } from '../../actions/create.ts'
import { Button } from '../../components/button.tsx'
import { CopyButton } from '../../components/copy-button.tsx'
import { useSay } from '../../say.tsx'
import { remember, remembered } from '../../store/remembered.ts'

const settleMs = 300

/** The commands that would make the same, kept true while the form changes. */
export function CommandPreview({ spec }: { readonly spec: CreateSpec | null }): ReactNode {
  const say = useSay()
  const [isOpen, setOpen] = useState(() => remembered('createCommands', true))
  const [lines, setLines] = useState<readonly string[] | null>(null)
  const key = spec === null ? null : JSON.stringify(spec)
  useEffect(() => {
    if (!isOpen || key === null) return
    let isStale = false
    const timer = setTimeout(() => {
      // A form that main refuses says so when it is sent; here it only has no commands.
      void previewCreate(JSON.parse(key) as CreateSpec).then(
        (found) => !isStale && setLines(found),
        () => !isStale && setLines(null),
      )
    }, settleMs)
    return () => {
      isStale = true
      clearTimeout(timer)
    }
  }, [isOpen, key])
  // Made by no command: there is nothing to show.
  if (lines !== null && lines.length === 0) return null
  const text = key === null ? null : (lines?.join('\n') ?? null)
  return (
    <section className="create-preview" aria-label={say('create.preview')}>
      <header>
        <Button
          kind="quiet"
          className="disclosure"
          size="small"
          icon={isOpen ? 'down' : 'right'}
          aria-expanded={isOpen}
          onClick={() => {
            remember('createCommands', !isOpen)
            setOpen(!isOpen)
          }}
        >
          {say('create.preview')}
        </Button>
        {isOpen && text !== null && <CopyButton text={text} label={say('create.preview.copy')} />}
      </header>
      {isOpen && (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: commands that scroll must be reachable by keyboard
        <pre className="raw-text" tabIndex={0}>
          {text ?? say('create.preview.waiting')}
        </pre>
      )}
    </section>
  )
}
