import { failure } from '../../../app/domain/errors.ts'

/** What a file system takes for one name. */
const maxBytes = 255

/**
 * Fails with `invalid-input` for a name UTM could not keep: it is also the name of the bundle, in which UTM replaces what a
 * path cannot hold, and UTM does not see bundles whose name begins with a dot.
 */
export function checkName(name: string): void {
  const fileName = `${name.replaceAll(/[,/:\\?%*|"<>]/g, '-')}.utm`
  const key = fileName.startsWith('.') ? 'utm.error.nameDot' : 'utm.error.nameLong'
  if (fileName.startsWith('.') || Buffer.byteLength(fileName) > maxBytes) {
    throw failure('invalid-input', { key }, { field: 'name' })
  }
}
