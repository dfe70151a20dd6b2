import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { build } from 'plist'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { readBundle } from '../../../../main/providers/utm/bundle.ts'
import { parsePlist } from '../../../../main/providers/utm/plist.ts'
import { errorFrom, facet, op } from '../../../conformance/ground.ts'
import { type UtmGround, utmGround } from '../../../support/utm/ground.ts'
import { configOf } from './bundles.ts'

const uuid = '8EB11628-544C-44BF-9EDE-4A65A616BEE2'
const slow = 60_000

let ground: UtmGround
beforeEach(async () => {
  ground = await utmGround()
})
afterEach(async () => {
  expect(await ground.leave()).toEqual([])
}, slow)

const write = async (config: object): Promise<string> => {
  const path = join(ground.documents, 'web.utm')
  await mkdir(join(path, 'Data'), { recursive: true })
  await writeFile(join(path, 'config.plist'), build(config as never))
  return path
}
const forward = (HostPort: number, GuestPort: number) => ({ Protocol: 'TCP', HostPort, GuestPort })
const networkWith = (...PortForward: readonly object[]) => ({ Mode: 'Emulated', MacAddress: '', PortForward })
const notices = async (): Promise<readonly unknown[]> =>
  (await ground.provider.details(`utm:${uuid}`, op())).notices.map(({ text }) => text)

describe('a UTM configuration with an entry that cannot be read', { timeout: slow }, () => {
  it('keeps the port forwards around a bad one, says so, and never writes the list without it', async () => {
    const path = await write({
      ...configOf(),
      Network: [networkWith(forward(2222, 22), { Protocol: 'UDP', HostPort: -1, GuestPort: 53 }, forward(8080, 80))],
    })
    const before = await readFile(join(path, 'config.plist'), 'utf8')
    const configure = facet(ground as never, 'configure')
    const { fields, values, withheld } = await configure.read(`utm:${uuid}`, op())
    expect(values.network).toMatchObject({ mode: 'user', forwards: [{ hostPort: 2222 }, { hostPort: 8080 }] })
    expect(fields).not.toContain('network')
    expect(withheld?.network).toEqual({ key: 'utm.why.networkUnread' })
    expect(await notices()).toContainEqual({ key: 'utm.notice.unreadForwards', params: { count: 1 } })
    const changes = { network: { mode: 'user' as const, forwards: [] } }
    expect(await errorFrom(configure.configure(`utm:${uuid}`, changes, op()))).toMatchObject({ code: 'unsupported' })
    expect(await readFile(join(path, 'config.plist'), 'utf8')).toBe(before)
  })

  it('keeps the other network cards, and offers no settings that would replace them', async () => {
    await write({ ...configOf(), Network: [{ Hardware: 'e1000' }, networkWith(forward(2222, 22))] })
    const { config } = await readBundle(join(ground.documents, 'web.utm'))
    expect(config.Network).toHaveLength(1)
    expect((await facet(ground as never, 'configure').read(`utm:${uuid}`, op())).fields).not.toContain('network')
    expect(await notices()).toContainEqual({ key: 'utm.notice.unreadNetworks', params: { count: 1 } })
  })

  it('keeps the other drives, takes no snapshots and offers no disc that would replace them', async () => {
    const { Drive } = configOf({ discs: true })
    await write({ ...configOf(), Drive: [...Drive, { Identifier: 7, ImageName: ['x'] }, 'words'] })
    const [machine] = await ground.provider.list('utm:local', op())
    expect(machine).toMatchObject({ state: 'stopped', withheld: { snapshot: { key: 'utm.why.driveUnread' } } })
    expect((await facet(ground as never, 'configure').read(`utm:${uuid}`, op())).fields).not.toContain('isoPath')
    expect(await notices()).toContainEqual({ key: 'utm.notice.unreadDrives', params: { count: 2 } })
  })

  it('refuses a property list with more elements than any configuration has', () => {
    const listOf = (count: number): Buffer =>
      Buffer.from(`<?xml version="1.0"?><plist version="1.0"><array>${'<true/>'.repeat(count)}</array></plist>`)
    expect(parsePlist(listOf(4_000))).toHaveLength(4_000)
    expect(() => parsePlist(listOf(200_000))).toThrow('elements')
  })

  it('keeps each serial port at its place', async () => {
    await write({ ...configOf(), Serial: [{ Mode: 7 }, { Mode: 'TcpServer', TcpPort: 4444 }] })
    const options = await facet(ground as never, 'consoles').options(`utm:${uuid}`, op())
    expect(options.map(({ id }) => id)).toEqual(['serial0', 'serial1'])
    expect(options[0]?.withheld).toEqual({ key: 'utm.console.taken' })
  })
})

describe('a property list with comments', () => {
  const text = build(configOf() as never)
  it.for([
    ['after its root', `${text}<!-- port 2222 is for ssh -->\n`],
    ['after its root, several', `${text}<!-- a --> <!-- b -->`],
    ['before its root', `<!-- by hand -->\n${text}`],
    ['inside', text.replace('<dict>', '<dict><!-- here -->')],
  ] as const)('is read with one %s', ([, xml]) => {
    expect(parsePlist(Buffer.from(xml))).toEqual(configOf())
  })
  it('is refused when only the comment is whole', () => {
    expect(() => parsePlist(Buffer.from(`${text.slice(0, 200)}<!-- </plist> -->`))).toThrow()
  })
})
