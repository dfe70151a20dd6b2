import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { lastSeenId } from '../../app/domain/last-known.ts'
import { lastKnownPath, readLastSeen, withLastSeen } from '../../main/last-seen.ts'
import { writeLastKnown } from '../../main/services/inventory-cache.ts'
import { lastSeen } from '../../renderer/store/last-seen.ts'
import { endpoint, machine } from '../renderer/support.ts'
import { mutate } from '../support/crash/damaged-state.ts'
import { randomFrom } from '../support/crash/loop.ts'

const now = new Date('2026-03-04T05:06:07Z')
const html = '<!doctype html><html><head></head><body>\n<div id="root"></div></body></html>'
const inPage = (page: string): string | null =>
  new RegExp(`<script type="application/json" id="${lastSeenId}">(.*?)</script>`, 's').exec(page)?.[1] ?? null

test('a list that was kept reaches the page as it was, endpoints as nobody has asked them yet', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'berth-seen-'))
  const hostile = machine('a', { name: '</script><script>alert(1)</script> $& 한글' })
  await writeLastKnown(folder, { hosts: [], endpoints: [endpoint('qemu:local')], machines: [hostile] })
  const page = withLastSeen(html, readLastSeen(folder) ?? '')
  expect(page.match(/<script/g)).toHaveLength(1)
  const seen = lastSeen(inPage(page), now)
  expect(seen.machines.get(hostile.id)).toEqual(hostile)
  expect(seen.endpoints).toMatchObject([{ id: 'qemu:local', state: 'checking', since: now.toISOString() }])
  expect(seen.revision).toBeGreaterThanOrEqual(0)
  await rm(folder, { recursive: true })
})

test('a list with anything wrong in it is not shown', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'berth-seen-'))
  await writeLastKnown(folder, { hosts: [], endpoints: [endpoint('qemu:local')], machines: [machine('a')] })
  const bytes = await readFile(lastKnownPath(folder))
  const random = randomFrom(Date.now())
  for (let time = 0; time < 200; time += 1) {
    const damaged = mutate(bytes, random)
    if (damaged.equals(bytes)) continue
    await writeFile(lastKnownPath(folder), damaged)
    expect([null, bytes.toString('utf8').split('\n')[0]]).toContain(readLastSeen(folder))
  }
  await rm(folder, { recursive: true })
})

test('without a list, or with one of another version or none at all, the page begins empty', () => {
  expect(readLastSeen('/nowhere')).toBeNull()
  for (const text of [
    null,
    '',
    'rubbish',
    '[]',
    'null',
    '{"version":0,"machines":[{}]}',
    '{"version":1,"machines":[]}',
  ]) {
    expect(lastSeen(text, now).revision).toBe(-1)
  }
})
