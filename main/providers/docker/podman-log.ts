import { type FSWatcher, watch } from 'node:fs'
import { type FileHandle, open, readdir, readFile, readlink, stat } from 'node:fs/promises'
import { createLines } from '../../exec/lines.ts'

const chunkBytes = 64 * 1024

/**
 * The file that a `podman events` in this process group reads its events from; null where it reads none: podman then asks the
 * system's journal, or this is no Linux. It is taken from the process itself, because podman tells nobody where its settings
 * put it.
 */
export async function eventsLogOf(processGroup: number): Promise<string | null> {
  for (const pid of await processesOf(processGroup)) {
    const folder = `/proc/${pid}/fd`
    const files = await readdir(folder).catch(() => [])
    for (const file of files) {
      const path = await readlink(`${folder}/${file}`).catch(() => '')
      if (path.endsWith('/events.log')) return path
    }
  }
  return null
}

async function processesOf(group: number): Promise<readonly string[]> {
  const pids = (await readdir('/proc').catch(() => [])).filter((name) => /^\d+$/.test(name))
  const groups = await Promise.all(
    pids.map(async (pid) => {
      const line = await readFile(`/proc/${pid}/stat`, 'latin1').catch(() => '')
      // A program's name stands in brackets and may hold anything; its state, its parent and its group follow.
      return { pid, group: Number(line.slice(line.lastIndexOf(')') + 2).split(' ')[2]) }
    }),
  )
  return groups.filter((one) => one.group === group).map(({ pid }) => pid)
}

/**
 * Reads the lines that are added to a file from now on. `onEnd` is called once when the file is not the same any more, was cut
 * short or cannot be read; not after `stop`.
 */
export async function followFile(
  path: string,
  { onLine, onEnd }: { readonly onLine: (line: string) => void; readonly onEnd: (why: string) => void },
): Promise<{ stop(): void }> {
  const file: FileHandle = await open(path, 'r')
  let watcher: FSWatcher | null = null
  let isOver = false
  let isReading = false
  let isDue = false
  const lines = createLines((line) => {
    if (!isOver) onLine(line)
  })

  const stop = (): void => {
    if (isOver) return
    isOver = true
    watcher?.close()
    if (!isReading) void file.close().catch(() => {})
  }
  const end = (why: string): void => {
    if (isOver) return
    stop()
    onEnd(why)
  }
  try {
    const first = await file.stat()
    let position = first.size
    const buffer = Buffer.alloc(chunkBytes)

    const readOn = async (): Promise<void> => {
      const there = await stat(path)
      if (there.ino !== first.ino || there.size < position) return end('another file has its place')
      while (!isOver) {
        const { bytesRead } = await file.read(buffer, 0, buffer.length, position)
        if (bytesRead === 0) return
        position += bytesRead
        lines.push(buffer.subarray(0, bytesRead))
      }
    }
    const look = (): void => {
      isDue = true
      if (isReading || isOver) return
      isReading = true
      void (async () => {
        try {
          while (isDue && !isOver) {
            isDue = false
            await readOn()
          }
        } catch (error) {
          end(String(error))
        } finally {
          isReading = false
          if (isOver) await file.close().catch(() => {})
        }
      })()
    }
    watcher = watch(path, { persistent: false }, look)
    watcher.on('error', (error) => end(String(error)))
    // Between its size and the watch something may have been added.
    look()
    return { stop }
  } catch (error) {
    stop()
    throw error
  }
}
