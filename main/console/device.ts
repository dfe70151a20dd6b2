import { constants } from 'node:fs'
import { open } from 'node:fs/promises'
import type { Socket } from 'node:net'
import { isatty, ReadStream } from 'node:tty'

/**
 * Opens a terminal device as a line that carries every byte as it is: nothing is echoed, no line end is changed. Never
 * becomes this process's own terminal. Rejects with what the system says, and for what is no terminal.
 */
export async function openDevice(path: string): Promise<Socket> {
  // Without waiting: a line whose other side has hung up would not let go otherwise.
  const { O_RDWR, O_NOCTTY, O_NONBLOCK } = constants
  const file = await open(path, O_RDWR | O_NOCTTY | O_NONBLOCK)
  try {
    if (!isatty(file.fd)) throw new Error(`${path} is not a terminal device`)
    // It opens the device once more for itself, and reads and writes there.
    return begin(new ReadStream(file.fd))
  } finally {
    await file.close()
  }
}

function begin(line: ReadStream): Socket {
  line.setRawMode(true)
  // What is at the other side is over when it hangs up, however the system puts that.
  line.once('end', () => line.destroy())
  return line
}
