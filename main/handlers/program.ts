import { readFile } from 'node:fs/promises'
import type { CallHandlers } from '../../app/contract/dispatch.ts'
import { failure } from '../../app/domain/errors.ts'
import { parseId } from '../../app/domain/ids.ts'
import type { License } from '../../app/domain/system.ts'
import type { Core } from '../core.ts'
import { createCpuMeter } from '../services/cpu-meter.ts'
import { browse, existing } from '../services/files.ts'
import { readSystem } from '../services/system.ts'
import { licensesPath } from '../version.ts'

/** The program itself: the system, settings, files, links and the way out. */
export function programHandlers({ inventory, settings, problems, tools, desktop, dataPath, quitting }: Core) {
  const cpuBusyPercent = createCpuMeter()
  return {
    'system.get': () =>
      readSystem({
        appVersion: desktop.appVersion,
        cpuBusyPercent: cpuBusyPercent(),
        shell: desktop.shell,
        systemLocale: desktop.systemLocale(),
        hasScreenReader: desktop.hasScreenReader(),
        dataPath,
        notices: problems.notices(),
      }),
    'system.licenses': async () => JSON.parse(await readFile(licensesPath, 'utf8')) as readonly License[],
    'settings.get': async () => settings.get(),
    'settings.set': ({ changes }) => settings.set(changes),

    'inventory.get': async () => inventory.whole(),
    'inventory.refresh': () => {
      // Something may have been installed since, or a file made readable.
      tools.forget()
      problems.recheck()
      return inventory.refresh()
    },
    'endpoint.check': ({ endpointId }) => {
      tools.forget()
      return inventory.refresh(parseId(endpointId)?.provider)
    },
    'tool.setPath': async ({ tool, path }) => {
      if (path !== null) await existing(path)
      await settings.set({ toolPaths: { [tool]: path } })
      tools.forget()
      await inventory.refresh()
    },

    'files.pick': ({ purpose }) => desktop.pick(purpose),
    'files.browse': ({ path, purpose }) => browse(path, purpose),
    'files.reveal': async ({ path }) => desktop.reveal(await existing(path)),
    'link.open': ({ url }) => desktop.openLink(webAddress(url)),

    'quit.plan': quitting.plan,
    'quit.run': async ({ mode }) => {
      if (await quitting.run(mode)) desktop.quit()
    },
  } satisfies Partial<CallHandlers>
}

/**
 * Only what a browser shows: other schemes start other programs. Plain http too, because a machine's forwarded port is hardly
 * ever https.
 */
function webAddress(url: string): string {
  const { protocol, href } = new URL(url)
  if (protocol !== 'https:' && protocol !== 'http:') throw failure('invalid-input', { key: 'link.refused' })
  return href
}
