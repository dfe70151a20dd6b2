import type { Endpoint, ProviderInfo } from '../../../app/domain/provider.ts'
import type { Text } from '../../../app/messages/text.ts'
import { fileName } from './propose.ts'

/** The end of a file's name, lower case and without the dot; empty when it has none. */
export function extensionOf(path: string): string {
  return /\.([^.\s]+)$/.exec(fileName(path))?.[1]?.toLowerCase() ?? ''
}

/** The ends of names of all files that could be imported somewhere, in the providers' order. */
export function importable(providers: readonly ProviderInfo[]): readonly string[] {
  return [...new Set(providers.flatMap(({ importExtensions }) => importExtensions ?? []))]
}

/** Why a file cannot be imported at an endpoint, whatever its state; null when its provider takes such files. */
export function importReason(
  endpoint: Pick<Endpoint, 'label' | 'providerId'>,
  providers: readonly ProviderInfo[],
  path: string,
): Text | null {
  const extensions = providers.find(({ id }) => id === endpoint.providerId)?.importExtensions ?? []
  const takes = path === '' ? extensions.length > 0 : extensions.includes(extensionOf(path))
  return takes ? null : { key: 'import.noEndpoint', params: { provider: endpoint.label } }
}
