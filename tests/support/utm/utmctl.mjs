import { EventError, faultsOf, send } from './events.mjs'

/**
 * Stands in for `utmctl`, after its source (utmapp/UTM, utmctl/UTMCtl.swift): the same words, columns, warnings and exit
 * codes, among them 0 for an event that failed.
 */

/** In pieces, because no sentence of this project's own may say it. */
const unready = ['WARNING: attach command is not', 'implemented yet!'].join(' ')

class Exit extends Error {
  constructor(code) {
    super()
    this.code = code
  }
}

/** One call of it: `say` and `complain` take what it prints on its two outputs. Settles with the exit code. */
export async function utmctl(world, [command, ...rest], { say: print, complain: printError, input }) {
  const say = (text) => print(`${text}\n`)
  const complain = (text) => printError(`${text}\n`)
  const { snapshots = false, korean = false, rubbish = 0 } = faultsOf(world)

  /** What the scripting bridge does with an event that failed: a line on stderr, and nothing as the answer. */
  async function event(request, { silent = false } = {}) {
    try {
      return await send(world, request)
    } catch (error) {
      if (!(error instanceof EventError)) throw error
      if (silent) return null
      complain(
        korean
          ? `Error from event: 작업을 완료할 수 없습니다.(OSStatus 오류 ${error.number}.)`
          : `Error from event: The operation couldn’t be completed. (OSStatus error ${error.number}.)`,
      )
      if (error.said !== null) complain(error.said)
      if (error.number === -1743) complain('NOTE: utmctl does not work from SSH sessions or before logging in.')
      return null
    }
  }

  /** By UUID, then by name; why it could not be looked for is not said. */
  async function machine(identifier) {
    const found = await event({ name: 'find', identifier }, { silent: true })
    if (found === null) {
      complain('Error: Virtual machine not found.')
      throw new Exit(1)
    }
    return found
  }

  /** Arguments as ArgumentParser takes them: flags, options with a value apart or joined, then words. */
  function parse(rest, { flags = [], options = [], words = [], remaining = null }) {
    const result = {}
    const plain = []
    for (let index = 0; index < rest.length; index += 1) {
      const arg = rest[index]
      const [name, ...joined] = arg.startsWith('--') ? arg.slice(2).split('=') : [null]
      if (name === remaining && remaining !== null) {
        result[name] = rest.slice(index + 1)
        break
      }
      if (name !== null && options.includes(name)) {
        if (joined.length === 0 && rest[index + 1]?.startsWith('-')) usage(`Missing value for '--${name} <${name}>'`)
        result[name] = joined.length > 0 ? joined.join('=') : rest[++index]
      } else if (name !== null && flags.includes(name) && joined.length === 0) result[name] = true
      else if (arg.startsWith('-')) usage(`Unknown option '${arg}'`)
      else plain.push(arg)
    }
    if (plain.length > words.length) usage(`${plain.length - words.length} unexpected arguments`)
    if (plain.length < words.length) usage(`Missing expected argument '<${words[plain.length]}>'`)
    words.forEach((word, index) => {
      result[word] = plain[index]
    })
    return result
  }

  function usage(problem) {
    complain(`Error: ${problem}`)
    throw new Exit(64)
  }

  const commands = {
    async version() {
      say((await event({ name: 'version' })) ?? '')
    },
    async list(rest) {
      parse(rest, { flags: ['debug', 'hide'] })
      if (rubbish > 0) return void print(Buffer.alloc(rubbish, 'UUID rubbish \xff\n', 'latin1'))
      const machines = await event({ name: 'list' })
      say('UUID                                 Status   Name')
      for (const { uuid, status, name } of machines ?? []) say(`${uuid} ${status.padEnd(8).slice(0, 8)} ${name}`)
    },
    async status(rest) {
      say((await machine(parse(rest, { words: ['identifier'] }).identifier)).status)
    },
    async start(rest) {
      const { identifier, attach } = parse(rest, { flags: ['attach', 'disposable'], words: ['identifier'] })
      const { uuid } = await machine(identifier)
      await event({ name: 'start', uuid })
      if (attach) say(unready)
    },
    async suspend(rest) {
      const parsed = parse(rest, { flags: ['save-state'], words: ['identifier'] })
      const { uuid } = await machine(parsed.identifier)
      await event({ name: 'suspend', uuid, saving: parsed['save-state'] === true })
    },
    async stop(rest) {
      const parsed = parse(rest, { flags: ['force', 'kill', 'request'], words: ['identifier'] })
      const given = ['force', 'kill', 'request'].filter((style) => parsed[style])
      if (given.length > 1) usage('You can only specify one of: --force, --kill, or --request')
      const { uuid } = await machine(parsed.identifier)
      await event({ name: 'stop', uuid, by: given[0] ?? 'force' })
    },
    async attach(rest) {
      const { identifier, index } = parse(rest, { options: ['index'], words: ['identifier'] })
      const { uuid } = await machine(identifier)
      for (const port of (await event({ name: 'ports', uuid })) ?? []) {
        if (index !== undefined && Number(index) !== port.id) continue
        say(unready)
        if (port.interface === 'unavailable') continue
        say(port.interface === 'ptty' ? `PTTY: ${port.address}` : `TCP: ${port.address}:${port.port}`)
        return
      }
    },
    async 'ip-address'(rest) {
      const { uuid } = await machine(parse(rest, { words: ['identifier'] }).identifier)
      for (const address of (await event({ name: 'addresses', uuid })) ?? []) say(address)
    },
    async file([what, ...rest]) {
      const { identifier, path } = parse(rest, { words: ['identifier', 'path'] })
      const { uuid } = await machine(identifier)
      if (what === 'pull') {
        const bytes = await event({ name: 'pull', uuid, path })
        if (bytes !== null) print(Buffer.from(bytes, 'base64'))
      } else if (what === 'push') {
        await event({ name: 'push', uuid, path, data: input.toString('base64') })
      } else usage('Missing expected subcommand')
    },
    async exec(rest) {
      const { identifier, cmd } = parse(rest, { words: ['identifier'], remaining: 'cmd' })
      const { uuid } = await machine(identifier)
      const ended = await event({ name: 'execute', uuid, command: cmd })
      if (ended === null) return
      print(Buffer.from(ended.output, 'base64'))
      printError(Buffer.from(ended.errors, 'base64'))
      if (ended.exitCode !== 0) throw new Exit(ended.exitCode)
    },
    async clone(rest) {
      const { identifier, name } = parse(rest, { options: ['name'], words: ['identifier'] })
      const { uuid } = await machine(identifier)
      await event({ name: 'clone', uuid, newName: name ?? null })
    },
    async delete(rest) {
      const { uuid } = await machine(parse(rest, { words: ['identifier'] }).identifier)
      await event({ name: 'delete', uuid })
    },
    ...(snapshots
      ? {
          async snapshot([what, ...rest]) {
            if (!['create', 'list', 'restore', 'delete'].includes(what)) usage('Missing expected subcommand')
            const { identifier, name } = parse(rest, { options: ['name'], words: ['identifier'] })
            const { uuid } = await machine(identifier)
            const answer = await event({ name: `snapshot.${what}`, uuid, snapshot: name })
            if (what === 'list') for (const one of answer ?? []) say(one)
          },
        }
      : {}),
  }

  const help = () => {
    say('OVERVIEW: CLI tool for controlling UTM virtual machines.\n\nUSAGE: utmctl <subcommand>\n')
    say('OPTIONS:\n  -h, --help              Show help information.\n\nSUBCOMMANDS:')
    for (const name of Object.keys(commands)) say(`  ${name.padEnd(24)}What it does.`)
    say("\n  See 'utmctl help <subcommand>' for detailed help.")
  }

  try {
    if (command === undefined || command === '--help' || command === 'help') help()
    else if (Object.hasOwn(commands, command)) await commands[command](rest)
    else usage(`Unexpected argument '${command}'`)
    return 0
  } catch (error) {
    if (!(error instanceof Exit)) throw error
    return error.code
  }
}
