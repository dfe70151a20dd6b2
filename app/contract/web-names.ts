/** Where the web way in takes its WebSocket. */
export const wirePath = '/wire'

/** The WebSocket's subprotocol; the token follows it in the same header, the only one a browser lets a page set. */
export const wireProtocol = 'berth'

/** Header of the ordinary request that asks whether a token is right. */
export const tokenHeader = 'berth-token'

/** Name of the token in the address's fragment and in the tab's storage. */
export const tokenKey = 'token'
