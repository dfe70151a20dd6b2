import { build } from 'plist'
import { faultsOf, worldOf } from './events.mjs'

/** Stands in for `ioreg -n Root -d1 -a`, of which only the console's session counts. */
const { locked = false } = faultsOf(worldOf(process.argv[2]))
const session = { kCGSSessionUserNameKey: 'anna', ...(locked ? { CGSSessionScreenIsLocked: true } : {}) }
process.stdout.write(build({ IOConsoleLocked: locked, IOConsoleUsers: [session] }))
