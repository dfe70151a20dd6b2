import { mkdir, mkdtemp, rm, stat, symlink } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openPaths } from '../../main/paths.ts'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'b-'))
})
afterEach(() => rm(folder, { recursive: true }))

describe('the folders', () => {
  it('are all below BERTH_HOME when there is one', () => {
    expect(openPaths({ BERTH_HOME: folder }, 'linux')).toEqual({
      data: join(folder, 'data'),
      config: join(folder, 'config'),
      cache: join(folder, 'cache'),
      logs: join(folder, 'logs'),
      runtime: join(folder, 'run'),
    })
  })

  it('keep what holds sockets to this person alone', async () => {
    const { runtime } = openPaths({ BERTH_HOME: folder }, 'linux')
    expect((await stat(runtime)).mode & 0o777).toBe(0o700)
  })

  it('keep sockets’ paths short, the same each time, however long the home’s is', () => {
    const home = join(folder, 'a-very-long-name-of-a-folder'.repeat(4))
    const { runtime } = openPaths({ BERTH_HOME: home }, 'linux')
    expect(Buffer.byteLength(runtime)).toBeLessThanOrEqual(48)
    expect(openPaths({ BERTH_HOME: home }, 'linux').runtime).toBe(runtime)
    expect(openPaths({ BERTH_HOME: `${home}2` }, 'linux').runtime).not.toBe(runtime)
  })

  it('do not put sockets where a link leads', async () => {
    await mkdir(join(folder, 'elsewhere'))
    await symlink(join(folder, 'elsewhere'), join(folder, 'run'))
    expect(openPaths({ BERTH_HOME: folder }, 'linux').runtime).not.toBe(join(folder, 'run'))
  })
})
