import { store } from '../store/store.ts'
import { call } from './call.ts'

/** Reads anew what changes of this computer while the window is open: free space and memory, a screen reader. */
export async function refreshSystem(): Promise<void> {
  // While the line is down the last figures stay.
  const system = await call('system.get').catch(() => null)
  if (system !== null) store.setState({ system })
}
