import { tmpdir } from 'node:os'
import { clockJump } from './clock-jump.ts'
import { damagedState } from './damaged-state.ts'
import { type Fault, killedBerth, killedTool } from './faults.ts'
import { fullDisk } from './full-disk.ts'
import type { Scenario } from './loop.ts'
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
} as const satisfies Readonly<Record<string, () => Fault>>
export type FaultName = keyof typeof faults

/** Where a scenario puts its files. */
export interface Places {
  readonly berth: string
  readonly tool: string
}

export type Begin = (places: Places) => Promise<Scenario>

/** A fault, and a scenario in the folder that it needs. */
export async function stage(name: FaultName, begin: Begin): Promise<{ fault: Fault; scenario: Scenario }> {
  const fault: Fault = faults[name]()
  const berth = fault.folder ?? tmpdir()
  try {
    return { fault, scenario: await begin({ berth, tool: fault.strikesTool === true ? berth : tmpdir() }) }
  } catch (error) {
    await fault.close()
    throw error
  }
}
