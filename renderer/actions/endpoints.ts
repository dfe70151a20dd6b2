import type { EndpointId } from '../../app/domain/ids.ts'
import { store } from '../store/store.ts'
import { attempt, call } from './call.ts'

/** Where a failure of asking an endpoint shows: in its row. */
export function placeOfEndpoint(id: EndpointId): string {
  return `endpoint:${id}`
}

/** Asks one endpoint again; its state comes by the feed. */
export const checkEndpoint = (endpointId: EndpointId): Promise<void | null> =>
  attempt(placeOfEndpoint(endpointId), () => call('endpoint.check', { endpointId }))

/** Asks all of them again. */
export const checkAll = (): Promise<void | null> => attempt('window', () => call('inventory.refresh'))

/** Says where a tool is; null lets Berth find it again. Rejects: the dialog shows the failure beside the field. */
export const setToolPath = (tool: string, path: string | null): Promise<void> => call('tool.setPath', { tool, path })

/** Opens a page in the person's browser: by main from Berth's own window, as a new tab where this is a browser already. */
export function openLink(url: string): void {
  if (store.getState().system?.shell === 'electron') void attempt('window', () => call('link.open', { url }))
  else window.open(url, '_blank', 'noopener,noreferrer')
}

export const reveal = (path: string): Promise<void | null> => attempt('window', () => call('files.reveal', { path }))
