import { existsSync } from 'node:fs'
import { isAbsolute } from 'node:path'

/**
 * Its standard input is a pipe that only we hold the other end of, and which therefore ends when we do, however we end. What
 * waits for that ends the whole group, itself with it. The program takes the shell's own place: its number, its signals and its
 * exit code are as ever, and its words are passed on unread.
 */
const leash = 'exec 3<&0 </dev/null; { read -r _ <&3; kill -s KILL -- -$$; } >/dev/null 2>&1 & exec 3<&- "$@"'

/**
 * What to start instead of a program that must end with us even when we crash, where the system does not see to that by itself.
 * It must lead a group and be given a pipe as its standard input.
 */
export function leashed(
  file: string,
  args: readonly string[],
): { readonly file: string; readonly args: readonly string[] } {
  // Windows ends what we started when we end. And that a program is not there is said by the system, not by a shell.
  if (process.platform === 'win32' || (isAbsolute(file) && !existsSync(file))) return { file, args }
  return { file: '/bin/sh', args: ['-c', leash, 'sh', file, ...args] }
}
