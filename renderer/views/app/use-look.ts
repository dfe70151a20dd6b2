import { useEffect } from 'react'
import { useLocale } from '../../say.tsx'
import { remember, remembered } from '../../store/remembered.ts'
import { useApp } from '../../store/store.ts'

interface Look {
  readonly theme: 'system' | 'light' | 'dark'
  readonly textZoomPercent: number
}

const lastLook = remembered<Look>('look', { theme: 'system', textZoomPercent: 100 })

/** Theme, text size and language on <html>. Until main has said them, as they were the last time: nothing flashes. */
export function useLook(): void {
  const theme = useApp((state) => state.settings?.theme ?? lastLook.theme)
  const textZoomPercent = useApp((state) => state.settings?.textZoomPercent ?? lastLook.textZoomPercent)
  const locale = useLocale()
  useEffect(() => {
    const page = document.documentElement
    if (theme === 'system') delete page.dataset['theme']
    else page.dataset['theme'] = theme
    page.style.setProperty('--text-zoom', String(textZoomPercent / 100))
    page.lang = locale
    remember('look', { theme, textZoomPercent } satisfies Look)
  }, [theme, textZoomPercent, locale])

  useEffect(() => {
    const onVisibility = (): void => {
      document.documentElement.classList.toggle('is-hidden', document.hidden)
    }
    document.addEventListener('visibilitychange', onVisibility)
    return () => document.removeEventListener('visibilitychange', onVisibility)
  }, [])
}
