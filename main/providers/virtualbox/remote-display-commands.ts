/** Argument lists for a machine's remote display (VRDE). */

/** Which extension serves it, for this computer alone; null is VirtualBox's own choice. Changes a machine that is off. */
export const serveBy = (uuid: string, extension: string | null): readonly string[] => [
  'modifyvm',
  uuid,
  '--vrde-extpack',
  extension ?? 'default',
  ...(extension === null ? [] : ['--vrde-address', '127.0.0.1']),
]

/** Switches it off in the settings of a machine that no process holds; one with saved memory takes it too. */
export const offAtRest = (uuid: string): readonly string[] => ['modifyvm', uuid, '--vrde', 'off']

/** Of a machine that is on. */
export const switchTo = (uuid: string, to: 'on' | 'off'): readonly string[] => ['controlvm', uuid, 'vrde', to]
export const setPort = (uuid: string, port: number): readonly string[] => ['controlvm', uuid, 'vrdeport', String(port)]
/** Taken by a machine that is on at once, also while it is served. */
export const setPassword = (uuid: string, password: string): readonly string[] => [
  'controlvm',
  uuid,
  'vrdeproperty',
  `VNCPassword=${password}`,
]
