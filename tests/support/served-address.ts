import type { ChildProcess } from 'node:child_process'

/** Where a Berth that was started on the web way in says that it is, and all that it said. Rejects when it ends before. */
export function servedAddress(server: ChildProcess): {
  readonly address: Promise<string>
  readonly output: () => string
} {
  let output = ''
  const address = new Promise<string>((resolve, reject) => {
    const read = (bytes: Buffer): void => {
      output += bytes.toString()
      const found = /http:\/\/\S+(?=\s)/.exec(output)
      if (found !== null) resolve(found[0])
    }
    server.stdout?.on('data', read)
    server.stderr?.on('data', read)
    server.once('exit', (code) => reject(new Error(`Berth ended with ${code} before it said where it is: ${output}`)))
  })
  return { address, output: () => output }
}
