import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { createWriteStream, readFileSync } from 'node:fs'
import { copyFile, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { promisify } from 'node:util'

const run = promisify(execFile)

/** A Docker daemon of a test's own, with its data, socket, bridge and client configuration in one folder. */
export interface Dockerd {
  readonly folder: string
  readonly socketPath: string
  /** The one context in `env`'s configuration besides `default`, and its current one. */
  readonly context: string
  /** What a client needs in its environment to see this daemon and no other. */
  readonly env: { readonly DOCKER_CONFIG: string }
  /** False where the system lets us make no bridge: containers then have no network and publish no ports. */
  readonly hasNetwork: boolean
  /** Runs the client to its end; its standard output, trimmed. */
  docker(...args: readonly string[]): Promise<string>
  /** Makes an image of the host's static busybox, no registry asked. */
  importBusybox(reference?: string): Promise<void>
  start(): Promise<void>
  /** Ends the daemon as an administrator would; containers end with it. */
  stop(): Promise<void>
  /** Ends the daemon without a word, as a crash would; containers run on. */
  kill(): Promise<void>
  /** Ends everything and leaves nothing behind. */
  close(): Promise<void>
}

/** How long a daemon may take until it answers or is gone. */
const patienceMs = 60_000
/** How long one command may take; less than a test may take, so that the one that hangs is told with the daemon's log. */
const commandMs = 90_000

/** Starts a daemon. On failure the error holds the end of its log. */
export async function startDockerd({ below = tmpdir() }: { readonly below?: string } = {}): Promise<Dockerd> {
  const folder = await mkdtemp(join(below, 'dockerd-'))
  const socketPath = join(folder, 'docker.sock')
  const logPath = join(folder, 'dockerd.log')
  const config = join(folder, 'config')
  const context = 'berth-test'
  const env = { DOCKER_CONFIG: config }
  const bridge = await makeBridge()
  let daemon: { readonly process: ChildProcess; readonly ended: Promise<unknown> } | null = null

  // A client that is told of a daemon by its environment ignores contexts.
  const { DOCKER_HOST: _host, DOCKER_CONTEXT: _context, ...ownEnvironment } = process.env
  const docker = async (...args: readonly string[]): Promise<string> => {
    const options = { env: { ...ownEnvironment, ...env }, maxBuffer: 256 * 1024 * 1024, timeout: commandMs }
    try {
      return (await run('docker', [...args], options)).stdout.trim()
    } catch (error) {
      if ((error as { killed?: boolean }).killed !== true) throw error
      throw new Error(`docker ${args.join(' ')} did not end in ${commandMs} ms: ${await endOf(logPath)}`)
    }
  }

  async function start(): Promise<void> {
    const log = createWriteStream(logPath, { flags: 'a' })
    await once(log, 'open')
    const process = spawn(
      'dockerd',
      [
        ...['--data-root', join(folder, 'data'), '--exec-root', join(folder, 'exec'), '--pidfile', join(folder, 'pid')],
        ...['--host', `unix://${socketPath}`, '--iptables=false', '--ip-masq=false', '--ip-forward=false'],
        ...['--bridge', bridge ?? 'none', '--shutdown-timeout', '2'],
      ],
      { stdio: ['ignore', log, log] },
    )
    daemon = { process, ended: once(process, 'close') }
    const answers = await untilIt(async () => {
      if (process.exitCode !== null) throw new Error(`dockerd ended: ${await endOf(logPath)}`)
      return await docker('version', '--format', '{{.Server.Version}}').then(
        () => true,
        () => false,
      )
    })
    if (!answers) throw new Error(`dockerd does not answer: ${await endOf(logPath)}`)
  }

  async function end(signal: NodeJS.Signals): Promise<void> {
    const ending = daemon
    daemon = null
    ending?.process.kill(signal)
    await ending?.ended
  }

  await mkdir(config)
  try {
    await docker('context', 'create', context, '--docker', `host=unix://${socketPath}`)
    await docker('context', 'use', context)
    await start()
  } catch (error) {
    await end('SIGKILL')
    await cleanUp()
    throw error
  }

  async function cleanUp(): Promise<void> {
    if (bridge !== null) await run('ip', ['link', 'delete', bridge]).catch(() => {})
    // A daemon that was killed leaves its containerd and its mounts.
    const containerd = await readFile(join(folder, 'exec/containerd/containerd.pid'), 'utf8').catch(() => null)
    if (containerd !== null) await endProcess(Number(containerd))
    const mounts = (await readFile('/proc/self/mounts', 'utf8')).split('\n').map((line) => line.split(' ')[1] ?? '')
    for (const mount of mounts.filter((path) => path.startsWith(`${folder}/`)).reverse()) {
      await run('umount', ['-l', mount]).catch(() => {})
    }
    await rm(folder, { recursive: true, force: true, maxRetries: 3 })
  }

  return {
    folder,
    socketPath,
    context,
    env,
    hasNetwork: bridge !== null,
    docker,
    async importBusybox(reference = 'local/busybox:1') {
      const rootFolder = await mkdtemp(join(folder, 'root-'))
      await mkdir(join(rootFolder, 'bin'))
      await mkdir(join(rootFolder, 'etc'))
      await mkdir(join(rootFolder, 'tmp'), { mode: 0o1777 })
      await copyFile('/bin/busybox', join(rootFolder, 'bin/busybox'))
      for (const name of [
        'sh',
        'sleep',
        'cat',
        'echo',
        'ls',
        'rm',
        'touch',
        'id',
        'env',
        'kill',
        'httpd',
        'true',
        'stty',
      ]) {
        await symlink('busybox', join(rootFolder, 'bin', name))
      }
      await writeFile(
        join(rootFolder, 'etc/passwd'),
        'root:x:0:0:root:/:/bin/sh\nguest:x:1000:1000:guest:/tmp:/bin/sh\n',
      )
      const archive = `${rootFolder}.tar`
      await run('tar', ['-C', rootFolder, '-cf', archive, '.'])
      await docker('import', '--change', 'CMD ["/bin/sh"]', archive, reference)
      await rm(rootFolder, { recursive: true })
      await rm(archive)
    },
    start,
    stop: () => end('SIGTERM'),
    async kill() {
      await end('SIGKILL')
      // Its containerd dies with it. Where nobody buries the dead the next daemon would take that pid for a living one.
      const pidFile = join(folder, 'exec/containerd/containerd.pid')
      const pid = await readFile(pidFile, 'utf8').catch(() => null)
      if (pid !== null && (await untilIt(async () => !isAlive(Number(pid))))) await rm(pidFile)
    },
    async close() {
      if (daemon === null) await start()
      const containers = (await docker('ps', '--all', '--quiet')).split('\n').filter((id) => id !== '')
      if (containers.length > 0) await docker('rm', '--force', '--volumes', ...containers)
      await end('SIGTERM')
      await cleanUp()
    },
  }
}

/** A bridge that no other daemon uses; null where we may make none. */
async function makeBridge(): Promise<string | null> {
  const name = `berth${randomBytes(3).toString('hex')}`
  const subnet = 1 + (randomBytes(1)[0] ?? 0)
  try {
    await run('ip', ['link', 'add', name, 'type', 'bridge'])
    await run('ip', ['address', 'add', `10.213.${subnet % 255}.1/24`, 'dev', name])
    await run('ip', ['link', 'set', name, 'up'])
    return name
  } catch {
    return null
  }
}

async function untilIt(holds: () => Promise<boolean>): Promise<boolean> {
  const deadline = Date.now() + patienceMs
  while (Date.now() < deadline) {
    if (await holds()) return true
    await delay(100)
  }
  return false
}

async function endProcess(pid: number): Promise<void> {
  try {
    process.kill(pid, 'SIGTERM')
  } catch {
    return
  }
  await untilIt(async () => !isAlive(pid))
}

/** Whether a process runs: one that ended and still has its number does not. */
function isAlive(pid: number): boolean {
  try {
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'))
  } catch {
    return false
  }
}

async function endOf(path: string): Promise<string> {
  return (await readFile(path, 'utf8')).split('\n').slice(-15).join('\n')
}
