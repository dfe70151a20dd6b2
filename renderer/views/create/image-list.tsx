import { type ReactNode, useState } from 'react'
import type { ContainerCreateOptions } from '../../../app/domain/spec.ts'
import { formatBytes } from '../../../app/domain/units.ts'
import { Icon } from '../../components/icon.tsx'
import { TextInput } from '../../components/text-input.tsx'
import { useLocale, useSay } from '../../say.tsx'

const maxShown = 60

/**
 * The images that are here, found by typing. One that is here stands first and is chosen; what is typed is pulled when it is here
 * under no such name, or when that is what a person chooses.
 */
export function ImageList({
  value,
  images,
  isInvalid,
  onChange,
  onLeave,
}: {
  readonly value: string
  readonly images: ContainerCreateOptions['images']
  readonly isInvalid: boolean
  readonly onChange: (reference: string) => void
  readonly onLeave: () => void
}): ReactNode {
  const say = useSay()
  const locale = useLocale()
  const [text, setText] = useState(value)
  // An image that was chosen leaves the others on the list; only typing narrows it.
  const [search, setSearch] = useState('')
  const words = search.trim().toLowerCase()
  const found = images.filter((image) => image.reference.toLowerCase().includes(words))
  const typed = text.trim()
  const chosen = value.trim()
  const isHere = images.some((image) => sameImage(image.reference, typed))
  const choose = (reference: string): void => {
    setText(reference)
    onChange(reference)
  }
  return (
    <div className="source-list">
      <TextInput
        className="image-search"
        icon="search"
        aria-label={say('create.image')}
        placeholder={say('create.image.placeholder')}
        value={text}
        {...(isInvalid ? { 'aria-invalid': true as const } : {})}
        onChange={(event) => {
          setText(event.currentTarget.value)
          setSearch(event.currentTarget.value)
          onChange(localImage(event.currentTarget.value, images) ?? event.currentTarget.value)
        }}
        // Passing by an empty field is no mistake yet.
        onBlur={() => typed !== '' && onLeave()}
      />
      <div role="radiogroup" aria-label={say('create.image')} className="image-results">
        {found.slice(0, maxShown).map((image) => (
          <div key={image.reference} className="source-row">
            <label>
              <input
                type="radio"
                name="image"
                checked={sameImage(image.reference, chosen)}
                onChange={() => choose(image.reference)}
              />
              <Icon name="check" />
              <bdi className="cut" dir="ltr">
                {image.reference}
              </bdi>
              <span className="source-end">
                {image.sizeBytes === null
                  ? say('create.image.localUnknown')
                  : say('create.image.local', { size: formatBytes(image.sizeBytes, locale) })}
              </span>
            </label>
          </div>
        ))}
        {found.length > maxShown && (
          <p className="source-row faint-text">{say('create.image.more', { count: found.length - maxShown })}</p>
        )}
        {typed !== '' && !isHere && (
          <div className="source-row">
            <label>
              <input type="radio" name="image" checked={chosen === typed} onChange={() => onChange(typed)} />
              <Icon name="download" />
              <span className="cut">{say('create.image.pull', { reference: typed })}</span>
              <span className="source-end">{say('create.image.pulled')}</span>
            </label>
          </div>
        )}
        {images.length === 0 && typed === '' && <p className="source-row faint-text">{say('create.image.none')}</p>}
      </div>
    </div>
  )
}

/** `alpine` means `alpine:latest`. */
function sameImage(here: string, typed: string): boolean {
  const whole = /[:@][^/]*$/.test(typed) ? typed : `${typed}:latest`
  return typed !== '' && (here === typed || here === whole)
}

/** The image that is here and that a word without a tag stands for: by the beginning of its name. */
export function localImage(typed: string, images: ContainerCreateOptions['images']): string | null {
  const word = typed.trim().toLowerCase()
  if (word === '' || /[:@][^/]*$/.test(word)) return null
  const same = images.find((image) => sameImage(image.reference, word))
  const begins = ({ reference }: { readonly reference: string }): boolean =>
    reference.startsWith(word) || (reference.split('/').at(-1) ?? '').startsWith(word)
  return (same ?? images.find(begins))?.reference ?? null
}
