import type { ComponentProps, ReactNode } from 'react'

/**
 * An element of a virtual grid. Rows placed by transform cannot be table rows, and it is the row that takes the focus, not
 * its cells: hence plain elements with roles.
 */
export function GridPart({
  role,
  ...rest
}: ComponentProps<'div'> & {
  readonly role: 'grid' | 'treegrid' | 'rowgroup' | 'row' | 'gridcell' | 'columnheader'
}): ReactNode {
  return <div role={role} {...rest} />
}
