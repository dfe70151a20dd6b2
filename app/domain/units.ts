export const KB = 1_000
export const MB = 1_000_000
export const GB = 1_000_000_000
export const KiB = 1_024
export const MiB = 1_048_576
export const GiB = 1_073_741_824

/**
 * Writes a size as a person reads it, with decimal units (GB = 10⁹) as disks and systems do: `4.4 GB`, `980 KB`, `0 B`.
 * One decimal from 1 to 100 of a unit, none above. Negative and non-finite numbers give an empty string.
 */
export function formatBytes(bytes: number, locale: string): string {
  if (!Number.isFinite(bytes) || bytes < 0) return ''
  const units = ['B', 'KB', 'MB', 'GB', 'TB', 'PB']
  let value = bytes
  let unit = 0
  while (value >= 999.5 && unit < units.length - 1) {
    value /= 1000
    unit += 1
  }
  const digits = unit === 0 || value >= 99.95 ? 0 : 1
  const number = new Intl.NumberFormat(locale, { maximumFractionDigits: digits }).format(value)
  return withUnit(number, units[unit] ?? 'B', locale)
}

/** Memory is bought in powers of two but named without the i, as every system's settings do: 8 GiB reads `8 GB`. */
export function formatMemory(bytes: number, locale: string): string {
  if (!Number.isFinite(bytes) || bytes < 0) return ''
  const [value, unit] = bytes >= GiB ? [bytes / GiB, 'GB'] : bytes >= MiB ? [bytes / MiB, 'MB'] : [bytes / KiB, 'KB']
  return withUnit(
    new Intl.NumberFormat(locale, { maximumFractionDigits: value >= 100 ? 0 : 1 }).format(value),
    unit,
    locale,
  )
}

/** Korean sets a unit without a space after its number: `8GB`. */
function withUnit(number: string, unit: string, locale: string): string {
  return locale.startsWith('ko') ? `${number}${unit}` : `${number} ${unit}`
}

/** Sets a size that main wrote in English, since it does not know the window's language, as the locale does. */
export function localizeSize(text: string, locale: string): string {
  return text.replace(/^([\d.,]+) ([KMGTP]?B)(?=$|, )/, (_size, number: string, unit: string) =>
    withUnit(number, unit, locale),
  )
}

/** Reads `4 GB`, `512 MiB`, `4096`, `1.5g`. Without a unit, `defaultUnit` bytes. Null when it is not a size. */
export function parseBytes(text: string, defaultUnit = 1): number | null {
  const match = /^\s*(\d+(?:[.,]\d+)?)\s*([kmgt]?)(i?)b?\s*$/i.exec(text)
  if (match === null) return null
  const [, digits = '', letter = '', binary = ''] = match
  const exponent = ' kmgt'.indexOf(letter.toLowerCase() || ' ')
  const factor = letter === '' ? defaultUnit : (binary === '' ? 1000 : 1024) ** exponent
  const bytes = Math.round(Number(digits.replace(',', '.')) * factor)
  return Number.isSafeInteger(bytes) ? bytes : null
}
