import { mkdir, rm } from 'node:fs/promises'
import { createServer, type Server, type Socket } from 'node:net'
import { join } from 'node:path'
import type { MachineId } from '../../../app/domain/ids.ts'
import type { Files, ProviderContext } from './provider-context.ts'

/** The far side of every pretended console: UNIX sockets (named pipes on Windows) that answer as a small guest would. */
export interface Guests {
  /** Path of the socket of one console of one machine; it listens until the machine stops or `dispose`. */
  readonly socketOf: (id: MachineId, consoleId: string) => Promise<string>
  readonly closeMachine: (id: MachineId) => void
  readonly dispose: () => Promise<void>
}

interface Line {
  readonly machineId: MachineId
  readonly server: Server
  readonly sockets: Set<Socket>
  readonly path: string
}

export function createGuests(context: ProviderContext): Guests {
  const lines = new Map<string, Promise<Line>>()
  let counter = 0

  async function listen(id: MachineId, consoleId: string): Promise<Line> {
    counter += 1
    const name = `mock-${process.pid}-${counter}`
    const path =
      context.host.platform === 'win32' ? `\\\\.\\pipe\\berth-${name}` : join(context.host.runtimeDir, `${name}.sock`)
    await mkdir(context.host.runtimeDir, { recursive: true, mode: 0o700 })
    const sockets = new Set<Socket>()
    const server = createServer((socket) => {
      sockets.add(socket)
      socket.on('error', () => {})
      socket.on('close', () => sockets.delete(socket))
      if (consoleId === 'logs') tellLog(socket, context, id)
      else talk(socket, context, id, consoleId)
    })
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject)
      server.listen(path, resolve)
    })
    return { machineId: id, server, sockets, path }
  }

  function close(line: Line): Promise<void> {
    for (const socket of line.sockets) socket.destroy()
    return new Promise((resolve) => line.server.close(() => resolve()))
  }

  async function closeAll(which: (key: string) => boolean): Promise<void> {
    const closing = [...lines].filter(([key]) => which(key))
    for (const [key] of closing) lines.delete(key)
    await Promise.all(
      closing.map(async ([, line]) => {
        const { path } = await line
        await close(await line)
        if (context.host.platform !== 'win32') await rm(path, { force: true })
      }),
    )
  }

  return {
    async socketOf(id, consoleId) {
      const key = `${id}\n${consoleId}`
      const line = lines.get(key) ?? listen(id, consoleId)
      lines.set(key, line)
      return (await line).path
    },
    closeMachine: (id) => void closeAll((key) => key.startsWith(`${id}\n`)),
    dispose: () => closeAll(() => true),
  }
}

/** The lines a pretended log has held since its machine began. */
export function logLines(name: string): readonly string[] {
  return Array.from({ length: 40 }, (_, index) => {
    const time = `2026-11-23T09:${String(index).padStart(2, '0')}:00Z`
    const level = index % 13 === 7 ? 'WARN' : 'INFO'
    return `${time} ${level} ${name.split('\n')[0]}: request ${4000 + index} answered in ${(index * 37) % 190} ms`
  })
}

function tellLog(socket: Socket, context: ProviderContext, id: MachineId): void {
  const { name } = context.of(id).machine
  let count = 40
  socket.write(`${logLines(name).join('\r\n')}\r\n`)
  const timer = setInterval(() => {
    count += 1
    socket.write(`${context.now()} INFO ${name.split('\n')[0]}: request ${4000 + count} answered\r\n`)
  }, 1_000)
  socket.on('close', () => clearInterval(timer))
}

const help = [
  'help            what can be typed here',
  'ls              the files of this machine',
  'cat FILE        what a file holds',
  'echo TEXT > FILE',
  'rm FILE',
  'colours         the sixteen colours',
  'hangul          wide and combining letters, right-to-left, emoji',
  'flood           lines until a key is pressed',
  'bell            rings',
  'poweroff        stops the machine from inside',
  'panic           crashes it',
]

/** One connection: a line editor that echoes, and the few commands of `help`. */
function talk(socket: Socket, context: ProviderContext, id: MachineId, consoleId: string): void {
  const { machine } = context.of(id)
  const prompt = consoleId === 'shell' ? '/ # ' : '\x1b[1mroot@guest\x1b[0m:~# '
  let line = ''
  let stopFlood: (() => void) | null = null
  const say = (text: string): boolean => socket.write(text.replaceAll('\n', '\r\n'))
  say(`${consoleId === 'shell' ? '' : `\n${machine.os ?? 'guest'} ${consoleId}\n`}Type “help”.\n${prompt}`)

  socket.setEncoding('utf8')
  socket.on('data', (data) => {
    if (stopFlood !== null) {
      stopFlood()
      stopFlood = null
      say(`\n${prompt}`)
      return
    }
    for (const key of data.toString()) type(key)
  })
  socket.on('close', () => stopFlood?.())

  function type(key: string): void {
    if (key === '\r' || key === '\n') {
      say('\n')
      const command = line.trim()
      line = ''
      run(command)
      if (stopFlood === null && !socket.destroyed) say(prompt)
    } else if (key === '\x7f' || key === '\b') {
      if (line === '') return
      line = [...line].slice(0, -1).join('')
      say(`\r\x1b[K${prompt}${line}`)
    } else if (key === '\x03') {
      line = ''
      say(`^C\n${prompt}`)
    } else if (key >= ' ') {
      line += key
      say(key)
    }
  }

  function run(command: string): void {
    if (command === 'colours') say(colours)
    else if (command === 'flood') stopFlood = flood(socket)
    else say(runCommand(context, id, command))
  }
}

const colours = `${Array.from({ length: 16 }, (_, index) => `\x1b[38;5;${index}m██\x1b[0m`).join(' ')}\n`

/** Carries out what was typed, on whatever console, and gives the answer, its lines ended. */
export function runCommand(context: ProviderContext, id: MachineId, command: string): string {
  const { files } = context.of(id)
  const [word = '', first = ''] = command.split(/\s+/)
  const written = /^echo\s([^>]*)>\s*(\S+)$/.exec(command)
  if (written !== null)
    context.change(id, { files: new Map([...files, [written[2] ?? '', (written[1] ?? '').trim()]]) })
  else if (word === 'rm') context.change(id, { files: new Map([...files].filter(([name]) => name !== first)) })
  else if (word === 'poweroff') context.setState(id, 'stopped')
  else if (word === 'panic') context.setState(id, 'crashed')
  else return answer(command, word, first, files)
  return ''
}

function answer(command: string, word: string, first: string, files: Files): string {
  switch (word) {
    case '':
      return ''
    case 'help':
      return `${help.join('\n')}\n`
    case 'ls':
      return [...files.keys()].map((name) => `${name}\n`).join('')
    case 'cat':
      return `${files.get(first) ?? `cat: ${first}: No such file or directory`}\n`
    case 'echo':
      return `${command.slice(5)}\n`
    case 'hangul':
      return '가나다 한글 ㅎㅏㄴㄱㅡㄹ ｱｲｳ é ñ 👩‍🚀 خادم\n'
    case 'bell':
      return '\x07'
    default:
      return `${word}: not found\n`
  }
}

/** Writes as fast as the other side takes it. */
function flood(socket: Socket): () => void {
  let count = 0
  let isOn = true
  const pour = (): void => {
    if (!isOn) return
    let takes = true
    for (let lines = 0; takes && lines < 500; lines += 1) {
      count += 1
      takes = socket.write(`${String(count).padStart(9)} the quick brown fox jumps over the lazy dog\r\n`)
    }
    if (takes) setImmediate(pour)
    else socket.once('drain', pour)
  }
  pour()
  return () => {
    isOn = false
  }
}
