import { useEffect, useRef, useState } from 'react'
import { call } from '../../actions/call.ts'
import { remembered } from '../../store/remembered.ts'

/** A folder of this computer to write to: the one that was remembered under a key, else the person's home. */
export function useHomeFolder(key: string): readonly [string, (folder: string) => void] {
  const [folder, setFolder] = useState(() => remembered(key, ''))
  const isUnknown = useRef(folder === '')
  useEffect(() => {
    if (!isUnknown.current) return
    isUnknown.current = false
    // Without an answer the field stays empty and asks for a folder.
    call('files.browse', { path: null, purpose: 'folder' }).then(
      ({ path }) => setFolder((now) => (now === '' ? path : now)),
      () => {},
    )
  }, [])
  return [folder, setFolder]
}
