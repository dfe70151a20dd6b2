/** What no system, or not every one, takes in the name of a file. */
const unfit = /[\\/:*?"<>|\x00-\x1f\x7f]+/g

/** A file's name for a machine, without its ending: what files cannot be called becomes `-`. Never empty. */
export function fileStem(machineName: string): string {
  const stem = machineName.replace(unfit, '-').replace(/^[-.\s]+|[-.\s]+$/g, '')
  return [...stem].slice(0, 80).join('').trim() || 'machine'
}

/** The whole path, or null when the stem is no name of a file or there is no folder. */
export function filePath(folder: string, stem: string, extension: string): string | null {
  const name = stem.trim()
  if (folder.trim() === '' || name === '' || /[\\/\x00-\x1f]/.test(name)) return null
  const slash = /^(?:[a-z]:|\\\\)/i.test(folder) ? '\\' : '/'
  const base = folder.replace(/[\\/]+$/, '')
  const ending = `.${extension}`
  return `${base}${slash}${name.toLowerCase().endsWith(ending) ? name : name + ending}`
}
