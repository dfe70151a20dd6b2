import { chmodSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { worldOf } from './events.mjs'
import { ioreg } from './ioreg.mjs'
import { osascript } from './osascript.mjs'
import { utmctl } from './utmctl.mjs'

/**
 * Answers for the tools of a pretended Mac. They are real programs, started and killed as the real ones would be, but of a few
 * lines that hand their arguments over here: a test starts dozens, and a whole Node for each would be most of its time.
 */

const tools = { utmctl, osascript, ioreg }

/** Runs one tool; what it printed, and its exit code. */
async function runTool(world, name, args, input = Buffer.alloc(0)) {
  const printed = { say: [], complain: [] }
  const into = (list) => (bytes) => void list.push(Buffer.from(bytes))
  const code = await tools[name](world, args, { say: into(printed.say), complain: into(printed.complain), input })
  return { code, stdout: Buffer.concat(printed.say), stderr: Buffer.concat(printed.complain) }
}

/** Writes the tools into `bin` and answers for them until it is closed. */
export async function openSwitchboard(folder, bin) {
  const world = worldOf(folder)
  const socketPath = join(folder, 'tools.sock')
  const callers = new Set()
  const server = createServer({ allowHalfOpen: true }, (caller) => {
    const chunks = []
    callers.add(caller)
    caller.on('close', () => callers.delete(caller))
    // One that was killed meanwhile.
    caller.on('error', () => {})
    caller.on('data', (chunk) => chunks.push(chunk))
    caller.on('end', async () => {
      const { name, args, input } = readCall(Buffer.concat(chunks))
      if (name === undefined) return caller.destroy()
      const { code, stdout, stderr } = await runTool(world, name, args, input).catch((error) => ({
        code: 70,
        stdout: Buffer.alloc(0),
        stderr: Buffer.from(`${error.stack}\n`),
      }))
      caller.end(Buffer.concat([Buffer.from(`${code} ${stdout.length}\n`), stdout, stderr]))
    })
  })
  await new Promise((resolve) => server.listen(socketPath, resolve))
  for (const name of Object.keys(tools)) writeProgram(join(bin, name), perlClient(name, socketPath))
  writeProgram(join(bin, 'pgrep'), pgrep(world.pid))
  return {
    run: (name, args) => runTool(world, name, args),
    /** Afterwards nobody starts the app any more. */
    close: async () => {
      world.isOver = true
      await Promise.allSettled(world.reaching)
      for (const caller of callers) caller.destroy()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

/** How many words there are, the words, then what the caller was given as input: parted by zeros. */
function readCall(bytes) {
  const words = []
  let at = 0
  for (let left = 1; left > 0; left -= 1) {
    const end = bytes.indexOf(0, at)
    if (end === -1) break
    words.push(bytes.toString('utf8', at, end))
    if (at === 0) left += Number(words.pop())
    at = end + 1
  }
  const [name, ...args] = words
  return { name, args, input: bytes.subarray(at) }
}

function writeProgram(path, text) {
  writeFileSync(path, text)
  chmodSync(path, 0o755)
}

function perlClient(name, socketPath) {
  return `#!/usr/bin/perl
use strict;
use Socket;
my $line;
socket($line, PF_UNIX, SOCK_STREAM, 0) && connect($line, sockaddr_un('${socketPath}')) or die "nobody answers: $!";
select((select($line), $| = 1)[0]);
print $line join("\0", 1 + @ARGV, '${name}', @ARGV), "\0";
if (@ARGV > 1 && $ARGV[0] eq 'file' && $ARGV[1] eq 'push') {
  binmode STDIN;
  local $/;
  print $line <STDIN>;
}
shutdown($line, 1);
my ($code, $length) = split(' ', <$line> // '70 0');
my $said = '';
read($line, $said, $length);
print STDOUT $said;
local $/;
print STDERR <$line> // '';
exit $code;
`
}

function pgrep(pidFile) {
  return `#!/bin/sh
[ "$*" = "-x UTM" ] && [ -r '${pidFile}' ] && read -r pid < '${pidFile}'
[ -n "$pid" ] && kill -0 "$pid" 2>/dev/null && echo 4711 || exit 1
`
}
