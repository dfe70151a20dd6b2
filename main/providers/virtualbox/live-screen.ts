import type { Text } from '../../../app/messages/text.ts'
import type { Op } from '../provider.ts'
import * as commands from './commands.ts'
import type { Entry } from './entry.ts'
import { hasFailed } from './manage.ts'
import { parseExtensions } from './parse.ts'
import { type ProviderContext, quietOp, runOnMachine } from './provider-context.ts'
import { extensionName, wantsLiveScreen, wishKey } from './remote-display.ts'
import * as displayCommands from './remote-display-commands.ts'
import type { Settings } from './settings-file.ts'

/** Why a machine's screen cannot be shown by VirtualBox's VNC extension; null when it can. */
export async function withheldLiveScreen(
  { manage }: Pick<ProviderContext, 'manage'>,
  settings: Pick<Settings, 'notes' | 'hardware'>,
): Promise<Text | null> {
  if (wantsLiveScreen(settings)) return null
  if (settings.hardware.remoteDisplay.isEnabled) return { key: 'virtualbox.why.displayInUse' }
  const result = await manage.attempt(commands.listExtensionPacks(), quietOp)
  const hasExtension = !hasFailed(result) && parseExtensions(result.stdout).includes(extensionName)
  return hasExtension ? null : { key: 'virtualbox.why.noVncExtension' }
}

/** Of a machine that is off. */
export async function setLiveScreen(context: ProviderContext, entry: Entry, isWanted: boolean, op: Op): Promise<void> {
  const { uuid } = entry
  await runOnMachine(context, entry, displayCommands.serveBy(uuid, isWanted ? extensionName : null), op)
  await runOnMachine(context, entry, commands.note(uuid, wishKey, isWanted ? 'vnc' : null), op)
}
