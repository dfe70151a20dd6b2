/** A provider's short name, as it stands before the first colon of its machines' ids: `qemu`, `docker`. */
export type ProviderId = string

/**
 * One place a provider lists machines from: `qemu:local`, `docker:default`, `docker:podman`.
 * A provider with one tool has one endpoint; Docker has one for every context.
 */
export type EndpointId = `${ProviderId}:${string}`

/** The computer an endpoint's machines run on. `local` is this one; others are named after how they are reached. */
export type HostId = string

/**
 * Provider, then the tool's own key: `qemu:3f6c…`, `docker:default/4be1…`. Split at the first colon only.
 * The key is stable for the machine's life; names are not used because they repeat and change.
 */
export type MachineId = `${ProviderId}:${string}`

/** A snapshot's handle within its machine. Made by the tool or by us, never the name: names repeat. */
export type SnapshotId = string

/** A task's random id. */
export type TaskId = string

/** A console session's random id; it outlives the page that opened it. */
export type SessionId = string

/** Splits an id at its first colon. Returns null when there is none or a side is empty. */
export function parseId(id: string): { readonly provider: ProviderId; readonly key: string } | null {
  const colon = id.indexOf(':')
  if (colon <= 0 || colon === id.length - 1) return null
  return { provider: id.slice(0, colon), key: id.slice(colon + 1) }
}

/** Joins a provider and the tool's key into a machine id. */
export function machineId(provider: ProviderId, key: string): MachineId {
  return `${provider}:${key}`
}
