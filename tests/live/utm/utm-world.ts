import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect } from 'vitest'
import type { MachineId } from '../../../app/domain/ids.ts'
import type { VmSpec } from '../../../app/domain/spec.ts'
import { op } from '../../conformance/ground.ts'
import { talkTo } from '../../conformance/talk.ts'
import { specOf } from '../../conformance/utm-spec.ts'
import { missingQemu, type UtmGround, utmGround } from '../../support/utm/ground.ts'

/** Describes what machines of UTM do, on a stand-in for UTM of their own; skipped with the reason where there is no QEMU. */
export function describeUtm(title: string, body: (world: ReturnType<typeof worldOf>) => void): void {
  const missing = missingQemu === null ? '' : `, not here: ${missingQemu}`
  describe.skipIf(missingQemu !== null)(`${title} (stand-in${missing})`, () => {
    let current: UtmGround | null = null
    beforeAll(async () => {
      current = await utmGround()
    })
    afterAll(async () => {
      expect(await current?.leave()).toEqual([])
    })
    body(
      worldOf(() => {
        if (current === null) throw new Error('not started')
        return current
      }),
    )
  })
}

/** How a test makes machines, uses them, and looks at what lies on the disk. */
function worldOf(ground: () => UtmGround) {
  let made = 0
  const make = (name: string, change: Partial<VmSpec> = {}): Promise<MachineId> =>
    facet('create').create({ ...specOf(`${name} ${++made}`, ground().guestDisk), ...change }, op())
  const facet = <
    K extends
      | 'create'
      | 'snapshots'
      | 'suspend'
      | 'remove'
      | 'trash'
      | 'configure'
      | 'clone'
      | 'exporting'
      | 'importing'
      | 'consoles',
  >(
    name: K,
  ): NonNullable<UtmGround['provider'][K]> => {
    const found = ground().provider[name]
    if (found === undefined) throw new Error(`no ${name}`)
    return found
  }
  const uuidOf = (id: MachineId): string => id.slice('utm:'.length)
  const read = (id: MachineId) => ground().provider.read(id, op())
  const start = (id: MachineId): Promise<void> => ground().provider.power.start(id, op())
  const powerOff = (id: MachineId): Promise<void> => ground().provider.power.powerOff(id, op())
  /** Says something to the guest and gives its answer, once it has booted. */
  const ask = async (id: MachineId, typed: string, answer: RegExp): Promise<string> => {
    const target = await facet('consoles').target(id, 'serial0', { user: null, folder: null }, op())
    const talk = await talkTo(target)
    try {
      for (let left = 60; ; left -= 1) {
        talk.type(typed)
        try {
          return answer.exec(await talk.until(answer, 1_000))?.[1] ?? ''
        } catch (error) {
          if (left === 0) throw error
        }
      }
    } finally {
      talk.end()
    }
  }
  const note = async (id: MachineId, text: string): Promise<void> => {
    await ask(id, '?', /\[[^\]]*\]\r\n/)
    await ask(id, `=${text}\n`, /(OK)/)
  }
  const noted = (id: MachineId): Promise<string> => ask(id, '?', /\[([^\]]*)\]\r\n/)
  const bundleOf = (id: MachineId): string => {
    const name = readdirSync(ground().documents).find((entry) =>
      readFileSync(join(ground().documents, entry, 'config.plist'), 'utf8').includes(uuidOf(id)),
    )
    return join(ground().documents, name ?? 'none')
  }
  const disksOf = (id: MachineId): readonly string[] =>
    readdirSync(join(bundleOf(id), 'Data'))
      .filter((name) => name.endsWith('.qcow2'))
      .map((name) => join(bundleOf(id), 'Data', name))
  const tagsOf = (path: string): readonly string[] =>
    (JSON.parse(execFileSync('qemu-img', ['info', '-U', '--output=json', path]).toString()).snapshots ?? []).map(
      (one: { readonly name: string }) => one.name,
    )
  return {
    ground,
    make,
    facet,
    uuidOf,
    read,
    start,
    powerOff,
    ask,
    note,
    noted,
    bundleOf,
    disksOf,
    tagsOf,
    count: () => made,
  }
}
