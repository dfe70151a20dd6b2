/** The guest's card, seen from the network. */
export interface Link {
  /** How many more frames it takes now. */
  room(): number
  /** Puts a frame before the guest. Only as long as there is room. */
  send(frame: Uint8Array): void
  /** Tells the guest of what was sent. */
  flush(): void
}
