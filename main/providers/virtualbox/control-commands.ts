/** Argument lists for a running machine's screen and keyboard. */

export const screenshot = (uuid: string, path: string): readonly string[] => ['controlvm', uuid, 'screenshotpng', path]

/** Bytes of a PC keyboard, as two hexadecimal digits each. */
export const scanCodes = (uuid: string, codes: readonly number[]): readonly string[] => [
  'controlvm',
  uuid,
  'keyboardputscancode',
  ...codes.map((code) => code.toString(16).padStart(2, '0')),
]
