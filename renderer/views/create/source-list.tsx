import { type ReactNode, useId } from 'react'
import { Button } from '../../components/button.tsx'
import { Icon, type IconName } from '../../components/icon.tsx'
import { showControls } from '../../format/names.ts'
import { useSay } from '../../say.tsx'
import { useApp } from '../../store/store.ts'
import { importable } from './import-choices.ts'
import { fileName } from './propose.ts'
import { useFileChoice } from './use-file-choice.tsx'
import type { VmForm, VmSource } from './vm-form.ts'

const icons: Readonly<Record<VmSource, IconName>> = {
  installer: 'download',
  image: 'machines',
  blank: 'plus',
  file: 'open-outside',
}

/** What a new virtual machine begins with. Choosing one that needs a file asks for it at once. */
export function SourceList({
  form,
  onChange,
}: {
  readonly form: Pick<VmForm, 'source' | 'isoPath' | 'imagePath' | 'filePath'>
  readonly onChange: (change: Partial<VmForm>) => void
}): ReactNode {
  const say = useSay()
  const name = useId()
  const iso = useFileChoice('iso', (isoPath) => onChange({ source: 'installer', isoPath }))
  const image = useFileChoice('disk-image', (imagePath) =>
    onChange({ source: 'image', imagePath, imageFormat: null, allowedFiles: [] }),
  )
  const file = useFileChoice('machine-file', (filePath) => onChange({ source: 'file', filePath }))
  const extensions = importable(useApp(({ inventory }) => inventory.providers))
  const rows = [
    { source: 'installer', path: form.isoPath, choose: iso.choose },
    { source: 'image', path: form.imagePath, choose: image.choose },
    { source: 'blank', path: '', choose: null },
    ...(extensions.length === 0 ? [] : [{ source: 'file', path: form.filePath, choose: file.choose } as const]),
  ] as const
  const endings = extensions.map((extension) => `.${extension}`).join(', ')
  return (
    <div role="radiogroup" aria-label={say('create.source')} className="source-list">
      {rows.map(({ source, path, choose }) => (
        <div key={source} className="source-row">
          {/* The list opens with one chosen, so that a press on the chosen one must still ask for its file. */}
          <label>
            <input
              type="radio"
              name={name}
              checked={form.source === source}
              onChange={() => {
                // A machine's file has a form of its own: going there or back takes this list, and what it asks, away.
                const isOtherForm = (source === 'file') !== (form.source === 'file')
                if (path !== '' || choose === null || !isOtherForm) onChange({ source })
                if (path === '') choose?.()
              }}
              onClick={() => form.source === source && path === '' && choose?.()}
            />
            <Icon name={icons[source]} />
            <span className="source-name">{say(`create.source.${source}`)}</span>
            <bdi className="source-end cut" dir="auto" data-tip={path === '' ? undefined : showControls(path)}>
              {path === ''
                ? say(`create.source.${source}.hint`, { extensions: endings })
                : showControls(fileName(path))}
            </bdi>
          </label>
          {choose !== null && form.source === source && (
            <Button size="small" kind="quiet" onClick={choose}>
              {say(path === '' ? 'create.choose' : 'create.change')}
            </Button>
          )}
        </div>
      ))}
      {iso.dialog}
      {image.dialog}
      {file.dialog}
    </div>
  )
}
