import { EventEmitter } from 'node:events'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { Notice } from '../../../app/domain/provider.ts'
import type { Log } from '../../../main/log.ts'
import { createLeftShells } from '../../../main/providers/docker/left-shells.ts'
import { openWindowBounds } from '../../../main/window-bounds.ts'
import { hostIn } from './record-owners.ts'
import { accepted, idAt, type Owner, silent, texts } from './state-owners.ts'

/** What only the log says of a file, as notices: of files that nobody misses no window is told. */
function noticingLog(): { readonly log: Log; readonly notices: readonly Notice[] } {
  const notices: Notice[] = []
  const note = (event: string, { path, aside }: Readonly<Record<string, unknown>> = {}): void => {
    if (!event.startsWith('state.')) return
    const params = { path: String(path), ...(aside === undefined ? {} : { aside: String(aside), count: 1 }) }
    notices.push({ level: 'warning', text: { key: aside === undefined ? 'state.newer' : 'state.damaged', params } })
  }
  return { log: { ...silent, warn: note, error: note }, notices }
}

const indices = Array.from({ length: 20 }, (_, index) => index)
const containerIdOf = (index: number): string => `${idAt(index)}${idAt(index + 100)}`
const markOf = (index: number) => ({
  containerId: containerIdOf(index),
  file: `/dev/shm/.berth-${idAt(index).slice(0, 16)}`,
  words: ['/bin/sh'],
  user: index % 2 === 0 ? null : 'guest',
})

const shells: Owner = {
  file: 'shells.json',
  isByName: true,
  content: JSON.stringify({
    version: 1,
    shells: indices.map((index) => ({ endpointId: 'docker:d', ...markOf(index) })),
  }),
  async open(folder) {
    const { log, notices } = noticingLog()
    const hungUp: (readonly string[])[] = []
    const host = { ...hostIn(folder), log }
    const exec = {
      ...host.exec,
      async run(command: { readonly args: readonly string[] }) {
        hungUp.push(command.args)
        return { command, reason: 'exit', exitCode: 0, signal: null, stdout: '', stderr: '', durationMs: 0 }
      },
    }
    const left = createLeftShells({ ...host, exec: exec as never })
    const engine = { endpointId: 'docker:d', flavour: 'docker', product: 'Docker', file: 'docker', prefix: [] }
    await left.settle({ engine, model: { get: () => ({ word: 'running' }) } } as never)
    const write = () => accepted(left.opened('docker:d', markOf(200)))
    return { entries: texts(hungUp), notices, write }
  },
}

/** One for each arrangement, unlike each other by more than one digit. */
const displayOf = (index: number) => {
  const bounds = { x: 0, y: 0, width: 1_000 + index * 111, height: 2_000 + index * 77 }
  return { bounds, workArea: bounds, scaleFactor: 1 }
}
const arrangementOf = (index: number): string => {
  const { width, height } = displayOf(index).bounds
  return `${width}x${height}@0,0*1`
}

const windowBounds: Owner = {
  file: 'window.json',
  isByName: true,
  content: JSON.stringify(
    Object.fromEntries(
      indices.map((index) => [
        arrangementOf(index),
        { x: index, y: 20, width: 800, height: 600, isMaximized: index % 2 === 0 },
      ]),
    ),
  ),
  async open(folder) {
    const { log, notices } = noticingLog()
    const path = join(folder, 'window.json')
    const bounds = openWindowBounds(path, log)
    const places = indices.map((index) => bounds.read([displayOf(index)] as never))
    const window = Object.assign(new EventEmitter(), {
      isDestroyed: () => false,
      isMinimized: () => false,
      isMaximized: () => true,
      getNormalBounds: () => ({ x: 1, y: 2, width: 900, height: 700 }),
    })
    return {
      entries: texts(places.filter((place) => place !== null)),
      notices,
      async write() {
        bounds.follow(window as never, () => [displayOf(300)] as never)
        window.emit('close')
        await bounds.flush()
        return existsSync(path)
      },
    }
  },
}

export const quietFiles: readonly Owner[] = [shells, windowBounds]
