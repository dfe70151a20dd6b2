import { GB, GiB, parseBytes } from '../../../app/domain/units.ts'

/** How a quantity's text is read and written. Memory goes by powers of two, disks by powers of ten, as systems say them. */
export interface Quantity {
  readonly read: (text: string) => number | null
  readonly write: (value: number) => string
}

export const cores: Quantity = {
  read: (text) => (/^\s*\d{1,4}\s*\p{L}*\s*$/u.test(text) ? Number.parseInt(text.trim(), 10) : null),
  write: (value) => String(value),
}

export const memory: Quantity = {
  read: (text) => {
    const match = /^\s*(\d+(?:[.,]\d+)?)\s*([kmgt]?)i?b?\s*$/i.exec(text)
    if (match === null) return null
    return parseBytes(`${match[1]} ${match[2] === '' ? 'g' : match[2]}iB`)
  },
  write: (value) => sized(value / GiB, value / (GiB / 1024)),
}

export const disk: Quantity = {
  read: (text) => parseBytes(text, GB),
  write: (value) => sized(value / GB, value / (GB / 1000)),
}

/** `4 GB`, `1.5 GB`, `512 MB`: in figures that read back as nearly the same. */
function sized(giga: number, mega: number): string {
  return giga >= 1 ? `${Number(giga.toFixed(2))} GB` : `${Number(mega.toFixed(0))} MB`
}
