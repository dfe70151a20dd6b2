import type { ReactNode } from 'react'
import type { Fact } from '../../../app/domain/details.ts'
import type { PermitContext } from '../../../app/domain/permit.ts'
import { localizeSize } from '../../../app/domain/units.ts'
import { attempt, call } from '../../actions/call.ts'
import { placeOf } from '../../actions/machines.ts'
import { CopyButton } from '../../components/copy-button.tsx'
import { IconButton } from '../../components/icon-button.tsx'
import { showControls } from '../../format/names.ts'
import { useLocale, useSay } from '../../say.tsx'

/** Facts as lines: label, value, and what can be done with it. `children` are further lines made with `FactLine`. */
export function Facts({
  facts,
  context,
  children,
}: {
  readonly facts: readonly Fact[]
  readonly context: PermitContext
  readonly children?: ReactNode
}): ReactNode {
  const say = useSay()
  const locale = useLocale()
  const place = placeOf(context.machine.id)
  return (
    <dl className="facts">
      {facts.map((fact) => {
        const label = say(fact.label)
        const text = typeof fact.value === 'string' ? showControls(fact.value) : say(fact.value)
        const value = fact.group === 'hardware' ? localizeSize(text, locale) : text
        const { revealPath, openUrl } = fact
        return (
          <FactLine
            key={JSON.stringify([fact.label, fact.value])}
            label={label}
            actions={
              <>
                {fact.copyable && <CopyButton text={value} label={say('fact.copy', { what: label })} />}
                {revealPath !== null && (
                  <IconButton
                    size="small"
                    icon="folder"
                    label={say('fact.reveal', { what: label })}
                    onClick={() => void attempt(place, () => call('files.reveal', { path: revealPath }))}
                  />
                )}
                {openUrl !== null && (
                  <IconButton
                    size="small"
                    icon="open-outside"
                    label={say('fact.open', { what: label })}
                    onClick={() => void attempt(place, () => call('link.open', { url: openUrl }))}
                  />
                )}
              </>
            }
          >
            <bdi dir="auto" className={`cut selectable ${fact.mono ? 'mono' : ''}`} data-tip={value}>
              {value}
            </bdi>
          </FactLine>
        )
      })}
      {children}
    </dl>
  )
}

export function FactLine({
  label,
  actions,
  children,
}: {
  readonly label: string
  readonly actions?: ReactNode
  readonly children: ReactNode
}): ReactNode {
  return (
    <div className="fact">
      <dt>{label}</dt>
      <dd className="fact-value">{children}</dd>
      <dd className="fact-actions">{actions}</dd>
    </div>
  )
}
