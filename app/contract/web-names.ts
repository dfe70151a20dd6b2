/** Where the web way in takes its WebSocket. */
export const wirePath = '/wire'

/** The WebSocket's subprotocol; the token follows it in the same header, the only one a browser lets a page set. */
export const wireProtocol = 'berth'

/** Header of the ordinary request that asks whether a token is right. */
export const tokenHeader = 'berth-token'

/** Name of the token in the address's fragment and in the tab's storage. */
export const tokenKey = 'token'

/** Where whoever has the token gets a ticket: a code that is good once and is traded for the token by the page it opens. */
export const ticketPath = '/ticket'

/** Where a ticket is traded for the token. */
export const keyPath = '/key'

/** Header of the request that trades a ticket. */
export const ticketHeader = 'berth-ticket'

/** Name of the ticket in the address's fragment. */
export const ticketKey = 'ticket'
