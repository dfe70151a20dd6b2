/** What the PC's own characters 0 to 31 look like on its screen, and 127 to 255: code page 437. */
const low = ' ☺☻♥♦♣♠•◘○◙♂♀♪♫☼►◄↕‼¶§▬↨↑↓→←∟↔▲▼'
const high =
  '⌂ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜ¢£¥₧ƒáíóúñÑªº¿⌐¬½¼¡«»░▒▓│┤╡╢╖╕╣║╗╝╜╛┐└┴┬├─┼╞╟╚╔╩╦╠═╬╧╨╤╥╙╘╒╓╫╪┘┌█▄▌▐▀αßΓπΣσµτΦΘΩδ∞φε∩≡±≥≤⌠⌡÷≈°∙·√ⁿ²■\u00a0'

const table: readonly number[] = Array.from({ length: 256 }, (_, code) => {
  if (code < 32) return low.charCodeAt(code)
  return code < 127 ? code : high.charCodeAt(code - 127)
})

/** The Unicode code point of a byte of VGA text memory. */
export function fromCodePage437(code: number): number {
  return table[code & 0xff] ?? 0x20
}
