import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { copyFile, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)
/** How long one command may take. */
const commandMs = 90_000

/** Podman with storage, configuration and event log of a test's own, in one folder. */
export interface Podman {
  readonly folder: string
  /** What a client needs in its environment to see this storage and no other. */
  readonly env: { readonly CONTAINERS_CONF: string; readonly CONTAINERS_STORAGE_CONF: string }
  /** Runs podman to its end; its standard output, trimmed. */
  readonly run: (...args: readonly string[]) => Promise<string>
  /** Makes an image of the host's static busybox, no registry asked. */
  readonly importBusybox: (reference: string) => Promise<void>
  /** Podman, and what it starts containers with. */
  readonly processes: () => Promise<readonly { readonly pid: number; readonly name: string }[]>
  /**
   * Does what an administrator can do about it where podman says that a container runs whose process and monitor are both gone: podman
   * 4.3 can neither stop nor start it until the computer starts again. All of its containers end, and their files stay.
   */
  readonly reviveDead: () => Promise<void>
  /** Ends everything and leaves nothing behind. */
  readonly close: () => Promise<void>
}

const programs: readonly string[] = ['podman', 'conmon', 'runc']

export async function openPodman({ below = tmpdir() }: { readonly below?: string } = {}): Promise<Podman> {
  const folder = await mkdtemp(join(below, 'podman-'))
  const env = {
    CONTAINERS_CONF: join(folder, 'containers.conf'),
    CONTAINERS_STORAGE_CONF: join(folder, 'storage.conf'),
  }
  // Where limits may not be raised, only runc with the limits there are starts a container.
  await writeFile(
    env.CONTAINERS_CONF,
    [
      '[containers]',
      'default_ulimits=["nofile=1024:1024","nproc=1000:1000"]',
      'netns="none"',
      '[engine]',
      'runtime="runc"',
      'events_logger="file"',
      `events_logfile_path="${folder}/events.log"`,
      // Beside the storage: the locks and the records of containers are not those of the computer's own.
      `tmp_dir="${folder}/tmp"`,
      '',
    ].join('\n'),
  )
  await writeFile(
    env.CONTAINERS_STORAGE_CONF,
    `[storage]\ndriver="overlay"\ngraphroot="${folder}/root"\nrunroot="${folder}/run"\n`,
  )
  const podman = async (...args: readonly string[]): Promise<string> =>
    (await run('podman', [...args], { env: { ...process.env, ...env }, timeout: commandMs })).stdout.trim()

  /** Of this storage alone: its folder stands in their arguments or in their environment. */
  async function processes(): Promise<readonly { readonly pid: number; readonly name: string }[]> {
    const found: { readonly pid: number; readonly name: string }[] = []
    for (const entry of await readdir('/proc')) {
      if (!/^\d+$/.test(entry)) continue
      const of = (file: string): Promise<string> => readFile(`/proc/${entry}/${file}`, 'utf8').catch(() => '')
      const name = (await of('comm')).trim()
      if (!programs.includes(name)) continue
      if (`${await of('cmdline')}${await of('environ')}`.includes(folder)) found.push({ pid: Number(entry), name })
    }
    return found
  }

  async function unmountAll(): Promise<void> {
    const mounts = (await readFile('/proc/self/mounts', 'utf8')).split('\n').map((line) => line.split(' ')[1] ?? '')
    for (const mount of mounts.filter((path) => path.startsWith(`${folder}/`)).reverse()) {
      await run('umount', ['-l', mount]).catch(() => {})
    }
  }

  /** What podman takes for the processes of its containers. */
  async function containerPids(): Promise<readonly number[]> {
    const ids = (await podman('ps', '--all', '--quiet')).split('\n').filter((id) => id !== '')
    if (ids.length === 0) return []
    const format = '{{if ne .State.Status "exited"}}{{.State.Pid}}{{end}}'
    return (await podman('container', 'inspect', '--format', format, ...ids)).split('\n').map(Number).filter(Boolean)
  }

  return {
    folder,
    env,
    run: podman,
    async importBusybox(reference) {
      const root = await mkdtemp(join(folder, 'image-'))
      await mkdir(join(root, 'bin'))
      await copyFile('/bin/busybox', join(root, 'bin/busybox'))
      for (const name of ['sh', 'sleep', 'cat', 'echo', 'kill']) await symlink('busybox', join(root, 'bin', name))
      const archive = `${root}.tar`
      await run('tar', ['-C', root, '-cf', archive, '.'])
      await podman('import', '--change', 'CMD ["sh"]', archive, reference)
      await rm(root, { recursive: true })
      await rm(archive)
    },
    processes,
    async reviveDead() {
      const pids = await containerPids()
      if (pids.every((pid) => existsSync(`/proc/${pid}`))) return
      for (const { pid } of await processes()) end(pid)
      for (const pid of pids) end(pid)
      // What a start of the computer finds empty.
      await unmountAll()
      for (const name of ['run', 'tmp']) await rm(join(folder, name), { recursive: true, force: true, maxRetries: 5 })
    },
    async close() {
      await podman('rm', '--all', '--force', '--time', '0').catch(() => '')
      await unmountAll()
      for (const { pid } of await processes()) end(pid)
      await rm(folder, { recursive: true, force: true, maxRetries: 5 })
    },
  }
}

function end(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch {
    // It has just ended by itself.
  }
}
