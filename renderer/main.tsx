import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { consoleTargetOf } from '../app/contract/console-window.ts'
import { followFocus } from './keyboard/focus-history.ts'
import { isMac } from './keyboard/platform.ts'
import { loadMissingStyles } from './missing-styles.ts'
import { localeIn } from './say.tsx'
import { startConnection } from './store/connect.ts'
import { lastSeen, lastSeenText } from './store/last-seen.ts'
import { withOwnNames } from './store/own-names.ts'
import { store } from './store/store.ts'
import './styles/tokens.css'
import './styles/global.css'
import { App } from './views/app/app.tsx'
import { fetched } from './views/app/fetched.tsx'

const root = document.getElementById('root')
if (root === null) throw new Error('The page has no #root')

loadMissingStyles(document)
document.documentElement.classList.toggle('is-mac', isMac)
// The first picture is that of last time, in the same language and order; main tells within a moment what it is now.
store.setState((state) => ({ inventory: withOwnNames(lastSeen(lastSeenText(), new Date()), localeIn(state)) }))
startConnection()
followFocus()
const ConsoleWindow = fetched(async () => (await import('./views/terminals/console-window.tsx')).ConsoleWindow)
const target = consoleTargetOf(window.location.hash)
createRoot(root).render(<StrictMode>{target === null ? <App /> : <ConsoleWindow {...target} />}</StrictMode>)
