import { type ReactNode, useEffect, useRef } from 'react'
import type { SnapshotPicture as Picture } from '../../../app/contract/views.ts'
import type { MachineId } from '../../../app/domain/ids.ts'
import type { Snapshot, SnapshotTree } from '../../../app/domain/snapshot.ts'
import { call } from '../../actions/call.ts'
import { useSay } from '../../say.tsx'
import { fittedPainter } from '../../screen/fitted-painter.ts'
import '../../screen/display.css'
import { useAnswer } from '../machine/use-answer.ts'

/** The machine's screen as it was when a snapshot was taken; nothing where no picture was kept. */
export function SnapshotPicture({
  machineId,
  snapshot,
  tree,
}: {
  readonly machineId: MachineId
  readonly snapshot: Snapshot
  readonly tree: SnapshotTree
}): ReactNode {
  const say = useSay()
  const reading = useReading(tree)
  const { value } = useAnswer(`${machineId} ${snapshot.id}`, reading, () =>
    call('snapshot.picture', { id: machineId, snapshotId: snapshot.id }),
  )
  if (value === null) return null
  return (
    <figure className="snapshot-picture" aria-label={say('snap.picture')}>
      {value.kind === 'text' ? (
        <Text picture={value} />
      ) : (
        <img src={`data:image/png;base64,${value.data}`} width={value.width} height={value.height} alt="" />
      )}
    </figure>
  )
}

let readings = 0
const readingOf = new WeakMap<SnapshotTree, string>()

/** Another word for each reading of the tree: a picture may come a moment after its snapshot. */
function useReading(tree: SnapshotTree): string {
  const known = readingOf.get(tree)
  if (known !== undefined) return known
  readings += 1
  readingOf.set(tree, String(readings))
  return String(readings)
}

function Text({ picture }: { readonly picture: Extract<Picture, { kind: 'text' }> }): ReactNode {
  const host = useRef<HTMLDivElement>(null)
  const { columns, rows, data } = picture
  useEffect(() => {
    const place = host.current
    if (place === null) return
    const { painter, remove } = fittedPainter(place)
    void painter.paint({
      kind: 'text',
      frame: 0,
      columns,
      rows,
      lines: Array.from({ length: rows }, (_, row) => row),
      cursor: null,
      data: Uint8Array.from(atob(data), (character) => character.charCodeAt(0)),
    })
    return remove
  }, [columns, rows, data])
  return <div ref={host} className="display-stage snapshot-picture-text" />
}
