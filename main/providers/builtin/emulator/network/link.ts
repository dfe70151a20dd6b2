/** The guest's card, seen from the network. */
export interface Link {
  /** How many more frames it takes now. */
  room(): number
  /** Puts a frame before the guest. Only as long as there is room. */
  send(frame: Uint8Array): void
  /** Tells the guest of what was sent. */
  flush(): void
}

/** A card in a machine. What the guest sends while nobody listens is lost, as with a card that has no cable. */
export interface Card {
  readonly link: Link
  mac(): Uint8Array
  /** Plugs the cable in, to whoever hears the guest's frames, or pulls it. */
  plug(hear: ((frame: Uint8Array) => void) | null): void
  /** Calls when the guest begins anew. */
  onReset(listener: () => void): void
}
