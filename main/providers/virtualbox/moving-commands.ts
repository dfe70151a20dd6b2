/** Argument lists that write a machine to a file and make one from it. VirtualBox tells the kind of file by the end of its name. */

export type OvfVersion = 'ovf20' | 'ovf10'

/** With a manifest of checksums, so that a file cut short or changed is seen when it is imported. */
export const exportMachine = (uuid: string, path: string, version: OvfVersion): readonly string[] => [
  'export',
  uuid,
  '--output',
  path,
  `--${version}`,
  '--options',
  'manifest',
]

export const inspectFile = (path: string): readonly string[] => ['import', path, '--dry-run']

/** Disks become VDI: those of an OVA can't be made larger. */
export const importMachine = (
  path: string,
  about: { readonly name: string; readonly settingsPath: string },
): readonly string[] => [
  'import',
  path,
  '--options',
  'importtovdi',
  '--vsys',
  '0',
  '--vmname',
  about.name,
  '--settingsfile',
  about.settingsPath,
]
