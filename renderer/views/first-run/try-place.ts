import type { AppError } from '../../../app/domain/errors.ts'
import type { EndpointId } from '../../../app/domain/ids.ts'
import type { Endpoint } from '../../../app/domain/provider.ts'

/** Where what goes wrong with trying a machine shows: beside the button that was pressed. */
export const placeOfTry = 'first-run'

/** The provider whose machines need nothing that is not in Berth. */
const ownProvider = 'builtin'

export type TryPlace =
  | { readonly kind: 'ready'; readonly endpointId: EndpointId }
  | { readonly kind: 'looking' }
  | { readonly kind: 'broken'; readonly error: AppError }

/** Where a machine can be tried at once; null when this Berth has no machine of its own (pretended machines). */
export function tryPlaceOf(endpoints: readonly Endpoint[]): TryPlace | null {
  const own = endpoints.find((endpoint) => endpoint.providerId === ownProvider)
  if (own === undefined) return endpoints.length === 0 ? { kind: 'looking' } : null
  if (own.state === 'ready') return { kind: 'ready', endpointId: own.id }
  return own.error === null ? { kind: 'looking' } : { kind: 'broken', error: own.error }
}

export function isOwn(endpoint: Endpoint): boolean {
  return endpoint.providerId === ownProvider
}
