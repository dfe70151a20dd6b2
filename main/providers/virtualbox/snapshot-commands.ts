/** Argument lists about snapshots. A name is a positional argument that VBoxManage reads as it is, also with dashes in front. */

export const takeSnapshot = (uuid: string, name: string, description: string): readonly string[] => [
  'snapshot',
  uuid,
  'take',
  name,
  ...(description === '' ? [] : [`--description=${description}`]),
]
export const editSnapshot = (uuid: string, snapshotId: string, change: { name: string; description: string }) =>
  [
    'snapshot',
    uuid,
    'edit',
    snapshotId,
    `--name=${change.name}`,
    `--description=${change.description}`,
  ] as const satisfies readonly string[]
export const deleteSnapshot = (uuid: string, snapshotId: string): readonly string[] => [
  'snapshot',
  uuid,
  'delete',
  snapshotId,
]
/** Throws the present state away: it has been kept before. */
export const restoreSnapshot = (uuid: string, snapshotId: string): readonly string[] => [
  'snapshot',
  uuid,
  'restore',
  snapshotId,
]
