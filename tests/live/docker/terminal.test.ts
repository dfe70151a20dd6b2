import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openSource } from '../../../main/console/open.ts'
import type { ConsoleSource } from '../../../main/console/source.ts'
import type { ConsoleTarget } from '../../../main/console/target.ts'
import { createOp, type DockerWorld, openDockerWorld, patient } from './docker-world.ts'

let world: DockerWorld
beforeAll(async () => {
  world = await openDockerWorld()
})
afterAll(() => world?.close())

const nobody = { user: null, folder: null }

async function open(target: ConsoleTarget): Promise<{ readonly source: ConsoleSource; readonly said: () => string }> {
  let said = ''
  const source = await openSource(target, { columns: 80, rows: 24 }, null, {
    data: (bytes) => {
      said += Buffer.from(bytes).toString('utf8')
    },
    ended: () => {},
  })
  return { source, said: () => said }
}

describe('a terminal', () => {
  it('is a shell one can type into, and leaves nothing when it is closed', async () => {
    const { daemon, provider } = world
    await daemon.docker('run', '--detach', '--name', 'typed', 'local/busybox:1', ...patient)
    const { id } = await world.machine('typed')
    const target = await provider.consoles?.target(id, 'shell', { user: null, folder: '/tmp' }, createOp())
    if (target?.kind !== 'pty') throw new Error('no shell')
    const { source, said } = await open(target)
    source.write('echo sum $((20 + 22)) in $PWD\r')
    await expect.poll(said, { timeout: 10_000 }).toContain('sum 42 in /tmp')
    expect(await target.foreground?.()).toBeNull()
    source.write('sleep 1000\r')
    await expect.poll(target.foreground ?? (() => null), { timeout: 10_000 }).toBe('sleep')
    source.close()
    await target.leave?.()
    const left = async () =>
      (await daemon.docker('top', 'typed')).split('\n').filter((line) => / sh$|sleep 1000/.test(line))
    await expect.poll(left, { timeout: 10_000 }).toEqual([])
    expect(await provider.read(id, createOp())).toMatchObject({ state: 'running' })
  })

  it('is given Ctrl+P at once, and letters beyond ASCII whole', async () => {
    const { daemon, provider } = world
    await daemon.docker('run', '--detach', '--name', 'keys', 'local/busybox:1', ...patient)
    const { id } = await world.machine('keys')
    const target = await provider.consoles?.target(id, 'shell', nobody, createOp())
    if (target?.kind !== 'pty') throw new Error('no shell')
    const { source, said } = await open(target)
    source.write('echo "$LANG" 한글 to be repeated\r')
    await expect.poll(said, { timeout: 10_000 }).toContain('\nC.UTF-8 한글 to be repeated')
    // The previous line comes back before any other key.
    const before = said().length
    source.write('\u0010')
    await expect.poll(() => said().slice(before), { timeout: 10_000 }).toContain('to be repeated')
    source.write('\u0011\u0003')
    source.write('echo still $((40 + 2))\r')
    await expect.poll(said, { timeout: 10_000 }).toContain('still 42')
    source.close()
    await target.leave?.()
  })

  it('opens where the container’s working folder was deleted, in a given folder and without one', async () => {
    const { daemon, provider } = world
    const program = 'rmdir /work; trap "exit 0" TERM; while :; do sleep 0.1; done'
    const image = 'local/busybox:1'
    await daemon.docker(
      'run',
      '--detach',
      '--name',
      'gone',
      '--workdir',
      '/work',
      image,
      'busybox',
      'sh',
      '-c',
      `busybox ${program}`,
    )
    const { id } = await world.machine('gone')
    for (const [folder, shown] of [
      ['/tmp', 'in /tmp'],
      [null, 'in /'],
    ] as const) {
      const target = await provider.consoles?.target(id, 'shell', { user: null, folder }, createOp())
      if (target?.kind !== 'pty') throw new Error('no shell')
      const { source, said } = await open(target)
      source.write('echo in $PWD.\r')
      await expect.poll(said, { timeout: 10_000 }).toContain(`${shown}.`)
      if (folder === null) expect(said()).toContain('/work')
      source.close()
      await target.leave?.()
      expect(await daemon.docker('top', 'gone')).not.toMatch(/ sh$/m)
    }
  })

  it('attached to the main process can be closed without ending it', async () => {
    const { daemon, provider } = world
    for (const flags of [['-t', '-i'], ['-t'], ['-i'], []]) {
      const name = `main${flags.join('')}`
      await daemon.docker('create', ...flags, '--name', name, 'local/busybox:1', ...patient)
      await daemon.docker('start', name)
      const { id } = await world.machine(name)
      const target = await provider.consoles?.target(id, 'attach', nobody, createOp())
      if (target === undefined) throw new Error('nothing to attach to')
      const { source } = await open(target)
      await new Promise((resolve) => setTimeout(resolve, 700))
      source.close()
      await new Promise((resolve) => setTimeout(resolve, 700))
      expect([name, (await provider.read(id, createOp()))?.state]).toEqual([name, 'running'])
      await daemon.docker('rm', '--force', name)
    }
  })
})
