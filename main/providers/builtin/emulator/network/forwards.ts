import { createServer, type Server, type Socket } from 'node:net'

/** A port of this computer that leads to one of the guest's. */
export interface PortForward {
  /** Empty for every address of this computer. */
  readonly hostAddress: string
  readonly hostPort: number
  readonly guestPort: number
}

/** Why a port cannot be listened on, by the system's own code. */
export class PortTrouble extends Error {
  readonly code: string
  readonly port: number

  constructor(port: number, cause: NodeJS.ErrnoException) {
    super(cause.message, { cause })
    this.code = cause.code ?? 'unknown'
    this.port = port
  }
}

export interface Forwards {
  /** Listens on these ports and no others. All of them or, with a `PortTrouble`, as before. */
  set(forwards: readonly PortForward[]): Promise<void>
  close(): void
}

/** Listens for connections to the guest's ports. What comes in does not flow yet. */
export function createForwards(accept: (socket: Socket, guestPort: number) => void): Forwards {
  let open = new Map<string, { readonly server: Server; guestPort: number }>()

  const listen = ({ hostAddress, hostPort }: PortForward, guestPort: () => number): Promise<Server> =>
    new Promise((resolve, reject) => {
      const server = createServer({ allowHalfOpen: true, pauseOnConnect: true }, (socket) =>
        accept(socket, guestPort()),
      )
      server.once('error', (error) => reject(new PortTrouble(hostPort, error)))
      server.listen({ port: hostPort, host: hostAddress === '' ? '0.0.0.0' : hostAddress, exclusive: true }, () =>
        resolve(server),
      )
    })

  return {
    async set(forwards) {
      const next = new Map<string, { readonly server: Server; guestPort: number }>()
      const begun: Server[] = []
      try {
        for (const forward of forwards) {
          const key = `${forward.hostAddress} ${forward.hostPort}`
          const known = open.get(key)
          if (known !== undefined) next.set(key, known)
          else {
            const server = await listen(forward, () => next.get(key)?.guestPort ?? forward.guestPort)
            begun.push(server)
            next.set(key, { server, guestPort: forward.guestPort })
          }
        }
      } catch (error) {
        for (const server of begun) server.close()
        throw error
      }
      for (const forward of forwards) {
        const entry = next.get(`${forward.hostAddress} ${forward.hostPort}`)
        if (entry !== undefined) entry.guestPort = forward.guestPort
      }
      for (const [key, { server }] of open) if (!next.has(key)) server.close()
      open = next
    },
    close() {
      for (const { server } of open.values()) server.close()
      open = new Map()
    },
  }
}
