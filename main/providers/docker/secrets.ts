import { hasUrlPassword, maskUrlPasswords } from '../../exec/mask.ts'

/** Words in a variable's name that say that its value is nobody's business. */
const secretWords =
  /pass(?:word|wd|phrase)?|secret|token|api_?key|access_?key|private_?key|credential|auth(?!or)|\bpwd\b|_pwd\b/i

/** Whether a variable's value is masked where it is shown. */
export function looksSecret(name: string): boolean {
  return secretWords.test(name)
}

/** How a secret value is shown. */
export const maskedValue = '••••••'

/** Whether `NAME=value` holds a secret: by its name, or a password in an address. */
export function isSecretEntry(entry: string): boolean {
  return looksSecret(entry.split('=', 1)[0] ?? '') || hasUrlPassword(entry)
}

/** `NAME=value` as it may be shown. */
export function shownEntry(entry: string): string {
  const name = entry.split('=', 1)[0] ?? ''
  return looksSecret(name) ? `${name}=${maskedValue}` : maskUrlPasswords(entry)
}
