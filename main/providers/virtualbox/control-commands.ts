/** Argument lists for a running machine's screen and keyboard. */

export const screenshot = (uuid: string, path: string): readonly string[] => ['controlvm', uuid, 'screenshotpng', path]

/** Bytes of a PC keyboard, as two hexadecimal digits each. */
export const scanCodes = (uuid: string, codes: readonly number[]): readonly string[] => [
  'controlvm',
  uuid,
  'keyboardputscancode',
  ...codes.map((code) => code.toString(16).padStart(2, '0')),
]

const ways = { on: 'controlvm', off: 'modifyvm' } as const

/** One property of the remote display, which a server's own program gives a meaning; an empty value takes it out. */
export const displayProperty = (
  uuid: string,
  machineIs: 'on' | 'off',
  name: string,
  value: string,
): readonly string[] => [
  ways[machineIs],
  uuid,
  machineIs === 'on' ? 'vrdeproperty' : '--vrdeproperty',
  `${name}=${value}`,
]

export const displayPort = (uuid: string, machineIs: 'on' | 'off', port: number | 'default'): readonly string[] => [
  ways[machineIs],
  uuid,
  machineIs === 'on' ? 'vrdeport' : '--vrdeport',
  String(port),
]

export const switchDisplay = (uuid: string, machineIs: 'on' | 'off', display: 'on' | 'off'): readonly string[] => [
  ways[machineIs],
  uuid,
  machineIs === 'on' ? 'vrde' : '--vrde',
  display,
]

/** What is to be done stands in a file, so that no list of processes shows a password in it. */
export const fromFile = (path: string): readonly string[] => [`@${path}`]
