/** What the page posts to its own window, and the preload sends on to main, to ask for a port. */
export const askChannel = 'berth:ask'

/** Under which main hands the port to the preload, and the preload posts it on to the page. */
export const portChannel = 'berth:port'

/** Under which the preload tells the page where files are that were dropped on the window: the page itself is not told. */
export const dropChannel = 'berth:drop'
