import { type DragEvent, type MouseEvent, type ReactNode, useState } from 'react'
import { Icon, type IconName } from '../../components/icon.tsx'
import { dragType } from '../machines/dragging.ts'
import './sidebar.css'

/** One line of the sidebar: a link, its count at the end; blank when zero. */
export function SidebarItem({
  icon,
  label,
  count,
  warning,
  note,
  isCurrent,
  isInner = false,
  onChoose,
  onDrop,
}: {
  readonly icon?: IconName
  readonly label: string
  readonly count?: number
  /** Stands in place of the count, as an icon with this text. */
  readonly warning?: string | null
  /** Stands in place of the count, as words. */
  readonly note?: string | null
  readonly isCurrent: boolean
  /** Belongs to the line above. */
  readonly isInner?: boolean
  /** `isJoined`: added to what is chosen already. */
  readonly onChoose: (isJoined: boolean) => void
  /** Machines dropped on it. */
  readonly onDrop?: (ids: readonly string[]) => void
}): ReactNode {
  const [isOver, setOver] = useState(false)
  const end = note ?? (count !== undefined && count > 0 ? count : null)
  const takesDrop = (event: DragEvent): boolean => onDrop !== undefined && event.dataTransfer.types.includes(dragType)
  return (
    // biome-ignore lint/a11y/useValidAnchor: it leads to a place of the window, which has no address of its own
    <a
      href="#machines"
      className={`sidebar-item ${isInner ? 'sidebar-item-inner ' : ''}${isOver ? 'sidebar-item-drop' : ''}`}
      draggable={false}
      {...(isCurrent ? { 'aria-current': 'page' as const } : {})}
      onClick={(event: MouseEvent) => {
        event.preventDefault()
        onChoose(event.metaKey || event.ctrlKey)
      }}
      onDragOver={(event) => {
        if (!takesDrop(event)) return
        event.preventDefault()
        setOver(true)
      }}
      onDragLeave={() => setOver(false)}
      onDrop={(event) => {
        setOver(false)
        if (!takesDrop(event)) return
        event.preventDefault()
        onDrop?.(event.dataTransfer.getData(dragType).split('\n'))
      }}
    >
      {icon !== undefined && <Icon name={icon} />}
      <bdi dir="auto" className="cut">
        {label}
      </bdi>
      {warning !== undefined && warning !== null ? (
        <>
          <span className="visually-hidden">{warning}</span>
          <span className="sidebar-warning" data-tip={warning} aria-hidden="true">
            <Icon name="warning" size="small" />
          </span>
        </>
      ) : (
        end !== null && (
          <>
            {/* A screen reader would run the two together. */}
            <span className="visually-hidden">, </span>
            <span className="sidebar-count">{end}</span>
          </>
        )
      )}
    </a>
  )
}
