/** Milliseconds that this process has computed. What else the computer does meanwhile is not in it. */
export function cpuMs(): number {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1000
}
