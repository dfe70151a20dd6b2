import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { isMac } from './keyboard/platform.ts'
import { startConnection } from './store/connect.ts'
import './styles/tokens.css'
import './styles/global.css'
import { App } from './views/app/app.tsx'

const root = document.getElementById('root')
if (root === null) throw new Error('The page has no #root')

document.documentElement.classList.toggle('is-mac', isMac)
startConnection()
createRoot(root).render(
  <StrictMode>
    <App />
  </StrictMode>,
)
