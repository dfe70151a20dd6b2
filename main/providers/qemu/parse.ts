/** Version from `qemu-system-X --version` or `qemu-img --version`: `7.2.22`. Null when the text holds none. */
export function parseVersion(text: string): string | null {
  return /\bversion (\d+(?:\.\d+)+)/.exec(text)?.[1] ?? null
}

/** Whether `version` is at least `floor`, by numbers. */
export function isAtLeast(version: string, floor: string): boolean {
  const ours = version.split('.').map(Number)
  const least = floor.split('.').map(Number)
  for (let index = 0; index < least.length; index += 1) {
    const difference = (ours[index] ?? 0) - (least[index] ?? 0)
    if (difference !== 0) return difference > 0
  }
  return true
}

/** The versioned name behind an alias in `-machine help`; the name itself when it is no alias; null when it is not there. */
export function parseMachineType(help: string, wanted: string): string | null {
  for (const line of help.split('\n')) {
    const [name = '', ...words] = line.trim().split(/\s+/)
    if (name !== wanted) continue
    return /\(alias of ([^)\s]+)\)/.exec(words.join(' '))?.[1] ?? name
  }
  return null
}

/** Seconds a process has used, from `/proc/PID/stat`, with its start and state; null for what is no such line. */
export function parseProcStat(text: string): { state: string; cpuTicks: number; startTicks: string } | null {
  // The second field is the program's name in parentheses and may hold anything, parentheses included.
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ')
  const [state, user, system, start] = [fields[0], fields[11], fields[12], fields[19]]
  if (state === undefined || user === undefined || system === undefined || start === undefined) return null
  return { state, cpuTicks: Number(user) + Number(system), startTicks: start }
}

/** Whether the list of `-device help` has a device. */
export function hasDevice(list: string, name: string): boolean {
  return list.includes(`name "${name}"`)
}
