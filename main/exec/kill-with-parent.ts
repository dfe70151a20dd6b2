import { existsSync } from 'node:fs'
import { isAbsolute } from 'node:path'

/**
 * A shell whose standard input is a pipe that only Berth holds the other end of, which ends when Berth does, however it ends.
 * A background reader of that pipe then kills the whole process group. The program replaces the shell: its process id, its
 * signals and its exit code are as ever, and its arguments are passed on unread.
 */
const killWithParent = 'exec 3<&0 </dev/null; { read -r _ <&3; kill -s KILL -- -$$; } >/dev/null 2>&1 & exec 3<&- "$@"'

/**
 * The command that runs a program which must end with Berth even when Berth crashes, where the system does not see to that by
 * itself. It must lead a process group and be given a pipe as its standard input.
 */
export function wrapKilledWithParent(
  file: string,
  args: readonly string[],
): { readonly file: string; readonly args: readonly string[] } {
  // Windows ends what Berth started when Berth ends. A missing program is reported by the system, not by a shell.
  if (process.platform === 'win32' || (isAbsolute(file) && !existsSync(file))) return { file, args }
  return { file: '/bin/sh', args: ['-c', killWithParent, 'sh', file, ...args] }
}
