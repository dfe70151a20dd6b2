/** Ports inside a machine that speak http by custom. */
const httpPorts: ReadonlySet<number> = new Set([
  80, 3000, 3001, 4200, 5000, 5173, 8000, 8025, 8080, 8081, 8088, 8888, 9000, 9090,
])
const httpsPorts: ReadonlySet<number> = new Set([443, 8443, 9443])

/** The page behind a port. Only what is one by custom: opening a database's port in a browser helps nobody. */
export function webUrl(port: { readonly protocol: string; readonly inside: number }, address: string): string | null {
  if (port.protocol !== 'tcp') return null
  if (httpsPorts.has(port.inside)) return `https://${address}/`
  return httpPorts.has(port.inside) ? `http://${address}/` : null
}
