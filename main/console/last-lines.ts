/** Characters of a log's end that are looked at: more than its last lines are drawn from, whatever a program writes. */
const maxCharacters = 1_000_000

const escapes = /\u001b\[[0-?]*[ -/]*[@-~]|\u001b\][^\u0007\u001b]*(?:\u0007|\u001b\\)|\u001b[@-_]/g

/**
 * The last lines of a log, without escape sequences, and of a line that was written over only what was left standing. Takes time in
 * proportion to the log's end.
 */
export function lastLines(text: string, lines: number): string {
  const all = text.slice(-maxCharacters).replace(escapes, '').split('\n').map(leftStanding)
  while (all.at(-1) === '') all.pop()
  return all.slice(-lines).join('\n')
}

/** What stands behind the last carriage return that something followed. */
function leftStanding(line: string): string {
  let end = line.length
  while (end > 0 && line[end - 1] === '\r') end -= 1
  return end === 0 ? '' : line.slice(line.lastIndexOf('\r', end - 1) + 1, end)
}
