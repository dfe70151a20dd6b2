import { createHash } from 'node:crypto'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { createRunner } from '../../../../main/exec/run.ts'
import { lookAtAll } from '../../../../main/providers/docker/containers.ts'
import type { Engine } from '../../../../main/providers/docker/engine.ts'
import { readStoredContexts } from '../../../../main/providers/docker/stored-contexts.ts'
import type { Host } from '../../../../main/providers/provider.ts'

const log = { debug() {}, info() {}, warn() {}, error() {} }
const host = { exec: createRunner(log), log, platform: process.platform } as unknown as Host
const op = { signal: new AbortController().signal, progress() {}, record() {} }

/** A client that says this for `ps`, and that for `inspect`, and ends well. */
const client = (ps: string, inspect: string): Engine => ({
  endpointId: 'docker:default',
  flavour: 'docker',
  product: 'Docker',
  file: process.execPath,
  prefix: ['-e', `console.log(process.argv[1] === 'ps' ? ${JSON.stringify(ps)} : ${JSON.stringify(inspect)})`, '--'],
  isLocal: true,
  socketPath: null,
  hostName: null,
  clientVersion: '28.2.2',
})
const row = (id: string): string => JSON.stringify({ ID: id, Names: id, Image: 'i' })

describe('a client that ends well and says something else than a list', () => {
  it.each([
    ['for the list', '\u0000garbled', '[]'],
    ['for most of the list', `${row('a')}\nno\nlist`, '[]'],
    ['for the descriptions', `${row('a')}\n${row('b')}`, '<html>a proxy</html>'],
  ])('is an error, not an empty list: %s', async (_what, ps, inspect) => {
    await expect(lookAtAll(host, client(ps, inspect), op)).rejects.toMatchObject({
      error: { code: 'output-unreadable', message: { key: 'error.unreadable' } },
    })
  })

  it('is no error where a single line is odd, and none where there is nothing', async () => {
    const look = await lookAtAll(host, client(`a warning\n${row('a')}\n${row('b')}`, '[{"Id":"a"},{"Id":"b"}]'), op)
    expect([look.inspected.length, look.oddLines]).toEqual([2, 1])
    expect((await lookAtAll(host, client('', '[]'), op)).rows).toEqual([])
  })
})

describe('contexts whose list docker refuses', () => {
  it('are read as docker keeps them, and the broken one is named with its file', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'contexts-'))
    try {
      const keep = async (name: string, content: string): Promise<string> => {
        const path = join(folder, 'contexts/meta', createHash('sha256').update(name).digest('hex'))
        await mkdir(path, { recursive: true })
        await writeFile(join(path, 'meta.json'), content)
        return join(path, 'meta.json')
      }
      await keep('good', JSON.stringify({ Name: 'good', Endpoints: { docker: { Host: 'unix:///good.sock' } } }))
      const brokenFile = await keep('bad', '')
      await writeFile(join(folder, 'config.json'), JSON.stringify({ currentContext: 'good' }))
      const contexts = await readStoredContexts(folder, { env: {}, platform: 'linux' })
      expect(contexts).toContainEqual({ name: 'good', endpoint: 'unix:///good.sock', isCurrent: true, error: '' })
      expect(contexts.find((context) => context.brokenFile !== undefined)).toMatchObject({
        brokenFile,
        isCurrent: false,
      })
      expect(contexts[0]).toMatchObject({ name: 'default', endpoint: 'unix:///var/run/docker.sock', isCurrent: false })
    } finally {
      await rm(folder, { recursive: true })
    }
  })
})
