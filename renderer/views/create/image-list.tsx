import { type ReactNode, useState } from 'react'
import type { ContainerCreateOptions } from '../../../app/domain/spec.ts'
import { formatBytes } from '../../../app/domain/units.ts'
import { Icon } from '../../components/icon.tsx'
import { TextInput } from '../../components/text-input.tsx'
import { useLocale, useSay } from '../../say.tsx'

const mostShown = 60

/** The images that are here, found by typing; what is typed and not here is pulled. */
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
  // An image that was chosen leaves the others on the list; only typing narrows it.
  const [search, setSearch] = useState('')
  const words = search.trim().toLowerCase()
  const found = images.filter((image) => image.reference.toLowerCase().includes(words))
  const typed = value.trim()
  const isHere = images.some((image) => sameImage(image.reference, typed))
  return (
    <div className="source-list">
      <TextInput
        className="image-search"
        icon="search"
        aria-label={say('create.image')}
        placeholder={say('create.image.placeholder')}
        value={value}
        {...(isInvalid ? { 'aria-invalid': true as const } : {})}
        onChange={(event) => {
          setSearch(event.currentTarget.value)
          onChange(event.currentTarget.value)
        }}
        // Passing by an empty field is no mistake yet.
        onBlur={() => typed !== '' && onLeave()}
      />
      <div role="radiogroup" aria-label={say('create.image')} className="image-results">
        {typed !== '' && !isHere && (
          <div className="source-row">
            <label>
              <input type="radio" name="image" checked readOnly />
              <Icon name="download" />
              <span className="cut">{say('create.image.pull', { reference: typed })}</span>
              <span className="source-end">{say('create.image.pulled')}</span>
            </label>
          </div>
        )}
        {found.slice(0, mostShown).map((image) => (
          <div key={image.reference} className="source-row">
            <label>
              <input
                type="radio"
                name="image"
                checked={sameImage(image.reference, typed)}
                onChange={() => onChange(image.reference)}
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
        {found.length > mostShown && (
          <p className="source-row faint-text">{say('create.image.more', { count: found.length - mostShown })}</p>
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
