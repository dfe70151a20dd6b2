import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { connectTo, type TestClient } from '../client.ts'
import { servedAddress } from '../served-address.ts'

const root = fileURLToPath(new URL('../../..', import.meta.url))
const lastWordsLength = 4_000

export interface RunningBerth {
  readonly client: TestClient
  readonly pid: number
  /** The end of what it complained of. */
  readonly lastWords: () => string
  readonly kill: () => Promise<void>
}

export interface BerthPlace {
  readonly home: string
  readonly env: Readonly<Record<string, string>>
  /** The built web way in. */
  readonly servePath?: string
  /** For Node itself. */
  readonly nodeArguments?: readonly string[]
}

/** Starts the web way in and waits until it has looked at everything. */
export async function startBerth({
  home,
  env,
  servePath = join(root, 'out/main/serve.js'),
  nodeArguments = [],
}: BerthPlace): Promise<RunningBerth> {
  const server = spawn(process.execPath, [...nodeArguments, servePath], {
    cwd: root,
    env: { ...process.env, ...env, BERTH_HOME: home },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const exited = once(server, 'exit')
  const { address, output } = servedAddress(server)
  const client = await connectTo(await address)
  await client.call('inventory.refresh')
  return {
    client,
    pid: server.pid ?? 0,
    lastWords: () => output().slice(-lastWordsLength),
    async kill() {
      server.kill('SIGKILL')
      await exited
    },
  }
}
