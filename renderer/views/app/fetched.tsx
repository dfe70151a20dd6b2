import { createElement, type FunctionComponent, type ReactNode, useEffect, useState } from 'react'

/** A part of the window that is fetched when it is first shown, or before by `fetch`. */
export interface Fetched<P> extends FunctionComponent<P> {
  fetch(): Promise<void>
}

/**
 * Not React's own `lazy`: that holds back what was waited for until 300 ms have passed, however soon it came, so that things do
 * not come one by one. Here one thing comes, in a few milliseconds; what is there already is shown at once. What cannot be
 * fetched is thrown where the part would stand.
 */
export function fetched<P extends object>(load: () => Promise<FunctionComponent<P>>): Fetched<P> {
  let part: FunctionComponent<P> | null = null
  const fetch = async (): Promise<void> => {
    part ??= await load()
  }
  function FetchedPart(props: P): ReactNode {
    const [shown, setShown] = useState(() => part)
    useEffect(() => {
      if (shown !== null) return
      let isGone = false
      const show = (): void => {
        if (!isGone) setShown(() => part)
      }
      fetch().then(show, (error: unknown) => {
        if (isGone) return
        setShown(() => {
          throw error
        })
      })
      return () => {
        isGone = true
      }
    }, [shown])
    return shown === null ? null : createElement(shown, props)
  }
  return Object.assign(FetchedPart, { fetch })
}
