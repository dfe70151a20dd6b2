import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { followFocus } from './keyboard/focus-history.ts'
import { isMac } from './keyboard/platform.ts'
import { localeIn } from './say.tsx'
import { startConnection } from './store/connect.ts'
import { lastSeen, lastSeenText } from './store/last-seen.ts'
import { withOwnNames } from './store/own-names.ts'
import { store } from './store/store.ts'
import './styles/tokens.css'
import './styles/global.css'
import { App } from './views/app/app.tsx'

const root = document.getElementById('root')
if (root === null) throw new Error('The page has no #root')

document.documentElement.classList.toggle('is-mac', isMac)
// The first picture is that of last time, in the same language and order; main tells within a moment what it is now.
store.setState((state) => ({ inventory: withOwnNames(lastSeen(lastSeenText(), new Date()), localeIn(state)) }))
startConnection()
followFocus()
createRoot(root).render(
  <StrictMode>
    <App />
  </StrictMode>,
)
