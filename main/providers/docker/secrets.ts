/** Words in a variable's name that say that its value is nobody's business. */
const secretWords =
  /pass(?:word|wd|phrase)?|secret|token|api_?key|access_?key|private_?key|credential|auth(?!or)|\bpwd\b|_pwd\b/i

/** Whether a variable's value is masked where it is shown. */
export function looksSecret(name: string): boolean {
  return secretWords.test(name)
}

/** Values of an environment's secret variables, for masking a command line. */
export function secretValues(environment: readonly string[]): readonly string[] {
  return environment.flatMap((entry) => {
    const equals = entry.indexOf('=')
    const value = entry.slice(equals + 1)
    return equals > 0 && value !== '' && looksSecret(entry.slice(0, equals)) ? [value] : []
  })
}
