import { failure } from '../../../app/domain/errors.ts'

/**
 * A machine's folder and files are called after it, and VirtualBox keeps the last settings as `NAME.vbox-prev`: a longer name fails
 * in the middle of being made (seen at 248 bytes).
 */
const maxNameBytes = 245

/** What an XML file of VirtualBox's cannot hold: it writes U+FFFD instead, or ends (seen at U+FFFE). */
const unholdable =
  /[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/

const uuidLike = /^\{?[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\}?$/i

/** Throws when VirtualBox would not hold a text as it is. */
export function checkText(text: string, field: string): void {
  if (unholdable.test(text)) throw failure('invalid-input', { key: 'virtualbox.error.text' }, { field })
}

/** Throws when VirtualBox cannot make a machine of this name. */
export function checkName(name: string): void {
  checkText(name, 'name')
  const refuse = (key: 'virtualbox.error.nameLong' | 'virtualbox.error.nameUuid'): never => {
    throw failure('invalid-input', { key }, { field: 'name' })
  }
  if (Buffer.byteLength(name) > maxNameBytes) refuse('virtualbox.error.nameLong')
  if (uuidLike.test(name)) refuse('virtualbox.error.nameUuid')
}

/**
 * Throws when VirtualBox cannot give a machine this name. Unlike a new machine's, its folder is called exactly as given: what a
 * folder cannot be called, or what would lead out of it, is refused before VirtualBox tries.
 */
export function checkNewName(name: string, platform: NodeJS.Platform): void {
  checkName(name)
  const unfit = platform === 'win32' ? /[\\/:*?"<>|\x00-\x1f]|[. ]$/ : /\//
  if (!unfit.test(name) && name !== '.' && name !== '..') return
  throw failure('invalid-input', { key: 'virtualbox.error.nameFolder' }, { field: 'name' })
}
