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
  const ending = `.${extension}`
  return pathIn(folder, name.toLowerCase().endsWith(ending) ? name : name + ending)
}

/** A name in a folder, written as the folder's system writes paths. */
export function pathIn(folder: string, name: string): string {
  const slash = /^(?:[a-z]:|\\\\)/i.test(folder) ? '\\' : '/'
  return `${withoutSlashes(folder)}${slash}${name}`
}

function withoutSlashes(folder: string): string {
  let end = folder.length
  while (end > 0 && /[\\/]/.test(folder[end - 1] ?? '')) end -= 1
  return folder.slice(0, end)
}

/** The last name of a path of whatever system; empty for a path that has none. */
export function nameOfPath(path: string): string {
  return path.split(/[\\/]+/).findLast((part) => part !== '') ?? ''
}
