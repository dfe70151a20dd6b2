import type { ReactNode } from 'react'

export function SettingSection({
  title,
  note,
  children,
}: {
  readonly title: string
  readonly note?: string
  readonly children: ReactNode
}): ReactNode {
  return (
    <section className="setting-section">
      <h2 className="setting-heading">{title}</h2>
      {note !== undefined && <p className="setting-hint setting-note">{note}</p>}
      {children}
    </section>
  )
}

/** A setting's name and its hint at the start, its control at the end; the control takes the name for its own. */
export function SettingRow({
  label,
  hint,
  children,
}: {
  readonly label: string
  readonly hint?: ReactNode
  readonly children: (label: string) => ReactNode
}): ReactNode {
  return (
    <div className="setting">
      <div className="grow">
        <p>{label}</p>
        {hint !== undefined && <p className="setting-hint">{hint}</p>}
      </div>
      <div className="setting-control">{children(label)}</div>
    </div>
  )
}
