/**
 * connecting: not once connected yet. ready: the line is up and the whole was read. lost: it was up and is being tried
 * again; everything shown is as last known. refused: this page's key is not valid; trying again does not help.
 */
export interface ConnectionState {
  readonly state: 'connecting' | 'ready' | 'lost' | 'refused'
  /** Attempts since it was last up. */
  readonly attempts: number
}

export const initialConnection: ConnectionState = { state: 'connecting', attempts: 0 }
