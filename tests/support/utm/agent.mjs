import { spawnSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** What UTM does through the agent in a guest. `agentOf` gives the agent of an event's machine, or says why it has none. */
export function agentEvents(agentOf) {
  return {
    addresses(event) {
      return agentOf(event).addresses
    },
    pull(event) {
      const agent = agentOf(event)
      if (agent.root !== undefined) return open(agent, event.path, 'r', readFileSync).toString('base64')
      const text = agent.files?.[event.path]
      if (text === undefined) throw refused(event.path, 'r', 'No such file or directory')
      return Buffer.from(text).toString('base64')
    },
    push(event) {
      open(agentOf(event), event.path, 'w', (path) => writeFileSync(path, Buffer.from(event.data, 'base64')))
    },
    execute(event) {
      const { root } = agentOf(event)
      const [program, ...args] = event.command
      const ran = spawnSync(program, args, { cwd: root })
      if (ran.error !== undefined) {
        throw new Error(`Guest agent command failed: Failed to execute child process “${program}”`)
      }
      return { exitCode: ran.status, output: ran.stdout.toString('base64'), errors: ran.stderr.toString('base64') }
    },
  }
}

/** Opens a file of a guest whose root is a folder here. */
function open({ root }, path, mode, use) {
  try {
    return use(join(root, path))
  } catch (error) {
    throw refused(path, mode, error.code === 'ENOENT' ? 'No such file or directory' : 'Is a directory')
  }
}

const refused = (path, mode, why) => new Error(`failed to open file '${path}' (mode: '${mode}'): ${why}`)
