import { useEffect } from 'react'
import { useLocale } from '../../say.tsx'
import { lastLook, rememberLook } from '../../store/last-look.ts'
import { useApp } from '../../store/store.ts'

/** Theme, text size and language on <html>. Until main has said them, as they were the last time: nothing flashes. */
export function useLook(): void {
  const settings = useApp((state) => state.settings)
  const { theme, textZoomPercent } = settings ?? lastLook
  const locale = useLocale()
  useEffect(() => {
    const page = document.documentElement
    if (theme === 'system') delete page.dataset['theme']
    else page.dataset['theme'] = theme
    page.style.setProperty('--text-zoom', String(textZoomPercent / 100))
    page.lang = locale
  }, [theme, textZoomPercent, locale])
  useEffect(() => {
    if (settings !== null) rememberLook(settings)
  }, [settings])

  useEffect(() => {
    const onVisibility = (): void => {
      document.documentElement.classList.toggle('is-hidden', document.hidden)
    }
    document.addEventListener('visibilitychange', onVisibility)
    return () => document.removeEventListener('visibilitychange', onVisibility)
  }, [])
}
