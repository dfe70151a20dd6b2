import { build } from 'plist'
import { faultsOf } from './events.mjs'

/** Stands in for `ioreg -n Root -d1 -a`, of which only the console's session counts. */
export async function ioreg(world, _args, { say }) {
  const { locked = false } = faultsOf(world)
  const session = { kCGSSessionUserNameKey: 'anna', ...(locked ? { CGSSessionScreenIsLocked: true } : {}) }
  say(build({ IOConsoleLocked: locked, IOConsoleUsers: [session] }))
  return 0
}
