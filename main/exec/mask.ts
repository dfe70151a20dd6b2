import { homedir } from 'node:os'
import { quoteWord } from './quote.ts'

const maskedSecret = '•••'
/** Shorter values would mask half of every word. */
const shortestSecret = 3

/** What must not be seen in a line that is shown, logged or copied into a report. */
export interface Masking {
  readonly secrets?: readonly string[]
  /** The person's home folder; read from the system when left out. */
  readonly home?: string
}

/** Output as it may be shown: the home folder as `~`, secrets gone. */
export function maskText(text: string, masking: Masking = {}): string {
  const home = masking.home ?? homedir()
  const open = maskSecrets(text, masking.secrets)
  return isUsableHome(home) ? replaceFolder(open, home, '~') : open
}

/** Most characters of a name and password in an address; bounds the work on text without any end. */
const maxUserInfoLength = 4_000

/**
 * Passwords inside of addresses, as in `postgres://user:PASSWORD@host/db`, masked. A password may itself hold `@` and `:`. Takes
 * time in proportion to the text.
 */
export function maskUrlPasswords(text: string): string {
  let masked = ''
  let done = 0
  for (let at = text.indexOf('://'); at >= 0; at = text.indexOf('://', at + 3)) {
    const from = at + 3
    if (from < done || !/[\w+.-]/.test(text[at - 1] ?? '')) continue
    const rest = text.slice(from, from + maxUserInfoLength)
    const end = rest.search(/[\s/?#"'`<>\\]/)
    const authority = end < 0 ? rest : rest.slice(0, end)
    const host = authority.lastIndexOf('@')
    const password = authority.indexOf(':') + 1
    if (password === 0 || host <= password) continue
    masked += text.slice(done, from + password) + maskedSecret
    done = from + host
  }
  return masked + text.slice(done)
}

/** Whether a text holds an address with a password. */
export function hasUrlPassword(text: string): boolean {
  return maskUrlPasswords(text) !== text
}

/**
 * A command as it could be pasted into a POSIX shell. The home folder becomes `~` or `$HOME`, whichever the shell still
 * understands at that place.
 */
export function commandLine(file: string, args: readonly string[], masking: Masking = {}): string {
  const home = masking.home ?? homedir()
  return [file, ...args].map((word) => shellWord(maskSecrets(word, masking.secrets), home)).join(' ')
}

function shellWord(word: string, home: string): string {
  if (!isUsableHome(home) || !containsFolder(word, home)) return quoteWord(word)
  if (word === home) return '~'
  const rest = word.slice(home.length)
  if (word.startsWith(`${home}/`) && !containsFolder(rest, home))
    return `~/${rest === '/' ? '' : quoteWord(rest.slice(1))}`
  const escaped = word.replace(/[\\"$`]/g, '\\$&')
  return `"${replaceFolder(escaped, home, '$HOME')}"`
}

function maskSecrets(text: string, secrets: readonly string[] = []): string {
  // Longest first, so that a secret which contains another one is masked whole.
  const ordered = secrets.filter((secret) => secret.length >= shortestSecret).sort((a, b) => b.length - a.length)
  return maskUrlPasswords(ordered.reduce((masked, secret) => masked.replaceAll(secret, maskedSecret), text))
}

/** A home of `/` (a service's account) is in every path: masking it would say nothing. */
function isUsableHome(home: string): boolean {
  return home.length > 1
}

/** `/home/an` is not the folder of `/home/anna`. */
function folderPattern(home: string): RegExp {
  return new RegExp(`${home.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}(?![\\w.-])`, 'g')
}

function containsFolder(text: string, home: string): boolean {
  return folderPattern(home).test(text)
}

function replaceFolder(text: string, home: string, by: string): string {
  return text.replace(folderPattern(home), () => by)
}
