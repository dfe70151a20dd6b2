/** `--flag value` when there is a value. */
export function option(flag: string, value: string): readonly string[] {
  return value === '' ? [] : [flag, value]
}

/** `--flag value` for each. */
export function each(flag: string, values: readonly string[]): readonly string[] {
  return values.flatMap((value) => [flag, value])
}
