import { clockJump } from './clock-jump.ts'
import { damagedState } from './damaged-state.ts'
import { type Fault, killedBerth, killedTool } from './faults.ts'
import { fullDisk } from './full-disk.ts'
import { powerCut } from './power-cut.ts'

/** What can go wrong, by the words that `npm run crash -- --fault` knows. */
export const faults = {
  berth: killedBerth,
  tool: killedTool,
  power: powerCut,
  full: fullDisk,
  clock: clockJump,
  damaged: () => damagedState('damaged'),
  unreadable: () => damagedState('unreadable'),
} as const satisfies Readonly<Record<string, () => Fault & { readonly folder?: string }>>
export type FaultName = keyof typeof faults

/** A fault, and a scenario in the folder that it needs. */
export async function stage<S>(name: FaultName, begin: () => Promise<S>): Promise<{ fault: Fault; scenario: S }> {
  const fault: Fault & { readonly folder?: string } = faults[name]()
  const before = process.env['TMPDIR']
  if (fault.folder !== undefined) process.env['TMPDIR'] = fault.folder
  try {
    return { fault, scenario: await begin() }
  } catch (error) {
    await fault.close()
    throw error
  } finally {
    if (before === undefined) delete process.env['TMPDIR']
    else process.env['TMPDIR'] = before
  }
}
