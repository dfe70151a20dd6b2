/** What the page posts to its own window, and the preload sends on to main, to ask for a port. */
export const askChannel = 'berth:ask'

/** Under which main hands the port to the preload, and the preload posts it on to the page. */
export const portChannel = 'berth:port'
