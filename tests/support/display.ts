import { spawn } from 'node:child_process'
import { once } from 'node:events'

/** An X server to open windows on. */
export interface Display {
  /** As in `DISPLAY`. */
  readonly name: string
  close(): Promise<void>
}

/** The display that is there, or an Xvfb of our own on a number that it finds free itself. */
export async function openDisplay(): Promise<Display> {
  const present = process.env.DISPLAY
  if (present !== undefined && present !== '') return { name: present, close: async () => {} }

  const server = spawn('Xvfb', ['-displayfd', '3', '-screen', '0', '1440x900x24', '-nolisten', 'tcp'], {
    stdio: ['ignore', 'ignore', 'pipe', 'pipe'],
  })
  const exited = once(server, 'exit')
  let complaint = ''
  server.stderr?.on('data', (bytes: Buffer) => {
    complaint += bytes.toString()
  })
  const number = await Promise.race([
    once(server.stdio[3] as NodeJS.ReadableStream, 'data').then(([bytes]) => String(bytes).trim()),
    exited.then(() => {
      throw new Error(`Xvfb did not start: ${complaint}`)
    }),
  ])
  return {
    name: `:${number}`,
    async close() {
      server.kill()
      await exited
    },
  }
}
