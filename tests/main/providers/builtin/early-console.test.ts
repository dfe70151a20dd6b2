import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { MachineId } from '../../../../app/domain/ids.ts'
import type { LineConnection } from '../../../../main/console/in-process-line.ts'
import { createSpareThread } from '../../../../main/providers/builtin/spare-thread.ts'
import { errorFrom, op } from '../../../conformance/ground.ts'
import { type BuiltinGround, builtinGround } from '../../../support/builtin-ground.ts'

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 })

let ground: BuiltinGround
beforeEach(async () => {
  ground = await builtinGround()
})
afterEach(async () => {
  expect(await ground.leave()).toEqual([])
})

/** Somebody at the serial line of a machine that is still starting. */
interface Early {
  readonly said: () => string
  readonly hasEnded: () => boolean
  readonly line: LineConnection
}

/** Starts the machine, and connects to its line as soon as it is said to be starting. */
async function startWatched(id: MachineId): Promise<{ readonly started: Promise<void>; readonly early: Early }> {
  const { provider } = ground
  const { started } = await ground.beginStart(id)
  const options = (await provider.consoles?.options(id, op())) ?? []
  expect(options.map(({ id, withheld }) => [id, withheld?.key ?? null])).toEqual([
    ['serial0', null],
    ['screen0', 'why.state.starting'],
  ])
  const target = await provider.consoles?.target(id, 'serial0', { user: null, folder: null }, op())
  if (target?.kind !== 'line') throw new Error('no line')
  let said = ''
  let hasEnded = false
  const line = target.line.connect({
    said(bytes) {
      said += Buffer.from(bytes).toString()
      line.taken(bytes.length)
    },
    ended() {
      hasEnded = true
    },
  })
  return { started, early: { said: () => said, hasEnded: () => hasEnded, line } }
}

async function suspended(name: string): Promise<MachineId> {
  const id = await ground.make(name)
  await ground.provider.power.start(id, op())
  await ground.say(id, 'count', /The counter is at 1\./)
  await ground.provider.suspend?.suspend(id, op())
  return id
}

describe('the serial console of a built-in machine that is still starting', () => {
  it('is there before the machine is, and what is typed into it comes to the guest', async () => {
    const id = await suspended('awaited')
    const { started, early } = await startWatched(id)
    early.line.write(Buffer.from('count\r'))
    await started
    await vi.waitFor(() => expect(early.said()).toContain('The counter is at 2.'), 60_000)
    expect(early.hasEnded()).toBe(false)
    early.line.close()
  })

  it('ends when the machine cannot be started', async () => {
    const id = await suspended('damaged')
    await writeFile(join(ground.folderOf(id), 'memory.bin'), 'damaged')
    const { started, early } = await startWatched(id)
    await errorFrom(started)
    expect(early.hasEnded()).toBe(true)
    expect((await ground.machine(id)).state).toBe('suspended')
  })
})

describe('a thread that stands ready', () => {
  it('is given once, made anew when it is asked for, and ends with Berth', async () => {
    const failures: unknown[] = []
    const spare = createSpareThread((error) => failures.push(error))
    expect(spare.take()).toBeNull()
    spare.prepare()
    spare.prepare()
    const worker = await vi.waitFor(() => spare.take() ?? expect.fail('none yet'), 30_000)
    expect(spare.take()).toBeNull()
    await worker.terminate()
    spare.prepare()
    await spare.dispose()
    spare.prepare()
    expect(spare.take()).toBeNull()
    expect(failures).toEqual([])
  })
})
