/**
 * As much AppleScript as Berth's scripts are written in, with UTM's dictionary: every term, record key and enumerator must
 * be in it, and a variable may not have a name that the dictionary takes for itself inside `tell`.
 */

export class ScriptError extends Error {}

/** Record keys of UTM.sdef and what its code calls them. */
const keys = {
  backend: 'backend',
  configuration: 'configuration',
  name: 'name',
  notes: 'notes',
  architecture: 'architecture',
  machine: 'machine',
  memory: 'memory',
  'cpu cores': 'cpuCores',
  hypervisor: 'hypervisor',
  uefi: 'uefi',
  drives: 'drives',
  'network interfaces': 'networkInterfaces',
  displays: 'displays',
  'serial ports': 'serialPorts',
  id: 'id',
  index: 'index',
  removable: 'removable',
  source: 'source',
  'guest size': 'guestSize',
  raw: 'raw',
  interface: 'interface',
  mode: 'mode',
  hardware: 'hardware',
  address: 'address',
  port: 'port',
  'port forwards': 'portForwards',
  protocol: 'protocol',
  'host address': 'hostAddress',
  'host port': 'hostPort',
  'guest address': 'guestAddress',
  'guest port': 'guestPort',
}
const enumerators = ['qemu', 'apple', 'shared', 'emulated', 'bridged', 'host', 'TCP', 'UDP', 'ptty', 'tcp']

export async function runScript(source, argv, send) {
  const lines = source
    .split('\n')
    .map((text) => tokens(text))
    .filter((line) => line.length > 0)
  const script = { lines, at: 0, variables: new Map(), send, isTelling: false }
  if (text(lines[0]) !== 'on run argv') throw new ScriptError('Expected “on run argv”')
  script.at = 1
  script.variables.set('argv', argv)
  const result = await block(script, ['end run'], true)
  return result?.value
}

function tokens(line) {
  const found = []
  const pattern = /\s*(?:("(?:[^"\\]|\\.)*")|(\d+)|([A-Za-z_]\w*)|([{}():,&+]))/y
  const trimmed = line.trimEnd()
  while (pattern.lastIndex < trimmed.length) {
    const from = pattern.lastIndex
    const match = pattern.exec(trimmed)
    if (match === null) throw new ScriptError(`Expected expression at “${trimmed.slice(from)}”`)
    const [, string, number, word, sign] = match
    if (string !== undefined) found.push({ kind: 'string', text: string, value: JSON.parse(string) })
    else if (number !== undefined) found.push({ kind: 'number', text: number, value: Number(number) })
    else found.push({ kind: word === undefined ? 'sign' : 'word', text: word ?? sign })
  }
  return found
}

const text = (line) => line.map((token) => token.text).join(' ')

/** Runs lines until one of the ends; returns `{ value }` when a line returned. `runs`: false only reads over them. */
async function block(script, ends, runs) {
  for (;;) {
    const line = script.lines[script.at]
    if (line === undefined) throw new ScriptError(`Expected “${ends[0]}” but found end of script`)
    if (ends.some((end) => text(line) === end || (end === 'else' && line[0].text === 'else'))) return null
    const result = await statement(script, line, runs)
    if (result !== null) return result
  }
}

async function statement(script, line, runs) {
  const first = line[0].text
  const reader = readerOf(script, line)
  script.at += 1
  switch (first) {
    case 'if':
      return conditional(script, reader, runs)
    case 'repeat': {
      reader.take('repeat', 'with')
      const name = reader.word()
      reader.take('from')
      const from = runs ? await reader.expression() : 0
      if (runs) reader.take('to')
      const to = runs ? await reader.expression() : 0
      const step = runs && reader.skip('by') ? await reader.expression() : 1
      const body = script.at
      if (runs) {
        for (let value = from; value <= to; value += step) {
          declare(script, name, value)
          script.at = body
          const result = await block(script, ['end repeat'], true)
          if (result !== null) return result
        }
      }
      script.at = body
      await block(script, ['end repeat'], false)
      script.at += 1
      return null
    }
    case 'tell': {
      reader.take('tell', 'application', '"UTM"')
      script.isTelling = true
      const result = await block(script, ['end tell'], runs)
      script.isTelling = false
      script.at += 1
      return result
    }
    case 'with': {
      reader.take('with', 'timeout', 'of')
      reader.number()
      reader.take('seconds')
      const result = await block(script, ['end timeout'], runs)
      script.at += 1
      return result
    }
    default:
      return runs ? simple(script, reader) : null
  }
}

async function conditional(script, reader, runs) {
  reader.take('if')
  const isOneLine = reader.line.at(-1).text !== 'then'
  let isTrue = runs && (await reader.expression()) === true
  if (isOneLine) {
    if (runs) reader.take('then')
    return isTrue ? simple(script, reader) : null
  }
  let isDone = false
  for (;;) {
    const result = await block(script, ['else', 'end if'], runs && isTrue && !isDone)
    if (result !== null) return result
    isDone ||= isTrue
    const line = script.lines[script.at]
    script.at += 1
    if (text(line) === 'end if') return null
    const next = readerOf(script, line)
    next.take('else')
    isTrue = next.isOver() || (runs && !isDone && next.skip('if') && (await next.expression()) === true)
  }
}

async function simple(script, reader) {
  const { variables, send } = script
  if (reader.skip('return')) return { value: await reader.expression() }
  if (reader.skip('set')) {
    const name = reader.word()
    reader.take('to')
    declare(script, name, await reader.expression())
  } else if (reader.skip('copy')) {
    const value = await reader.expression()
    reader.take('to', 'end', 'of')
    variables.get(reader.word()).push(value)
  } else if (reader.skip('update', 'configuration', 'of')) {
    const { uuid } = await reader.primary()
    reader.take('with')
    await send({ name: 'update', uuid, changes: await reader.expression() })
  } else if (reader.skip('export')) {
    const { uuid } = await reader.primary()
    reader.take('to')
    await send({ name: 'export', uuid, path: (await reader.expression()).posix })
  } else throw new ScriptError(`Expected a command but found “${text(reader.line)}”`)
  if (!reader.isOver()) throw new ScriptError(`Expected end of line at “${text(reader.line)}”`)
  return null
}

function declare(script, name, value) {
  if (Object.hasOwn(keys, name) || enumerators.includes(name)) throw new ScriptError(`“${name}” is a term of UTM`)
  script.variables.set(name, value)
}

function readerOf(script, line) {
  let at = 0
  const peek = () => line[at]?.text
  const skip = (...words) => {
    if (!words.every((word, index) => line[at + index]?.text === word)) return false
    at += words.length
    return true
  }
  const take = (...words) => {
    if (!skip(...words)) throw new ScriptError(`Expected “${words.join(' ')}” at “${text(line.slice(at))}”`)
  }
  const word = () => {
    const token = line[at]
    if (token?.kind !== 'word') throw new ScriptError(`Expected a name at “${text(line.slice(at))}”`)
    at += 1
    return token.text
  }
  const telling = () => {
    if (!script.isTelling) throw new ScriptError('Expected end of line: a term of UTM outside of “tell”')
  }

  const braces = async () => {
    take('{')
    const record = {}
    const list = []
    while (!skip('}')) {
      let end = at
      while (line[end]?.kind === 'word') end += 1
      if (line[end]?.text === ':' && end > at) {
        const key = text(line.slice(at, end))
        telling()
        if (!Object.hasOwn(keys, key)) throw new ScriptError(`UTM has no “${key}”`)
        at = end + 1
        record[keys[key]] = await expression()
      } else list.push(await expression())
      if (peek() !== '}') take(',')
    }
    return Object.keys(record).length > 0 ? record : list
  }

  const primary = async () => {
    const token = line[at]
    if (token === undefined) throw new ScriptError('Expected an expression but found end of line')
    if (token.kind === 'string' || token.kind === 'number') {
      at += 1
      return token.value
    }
    if (token.text === '{') return braces()
    if (skip('(')) {
      const value = await expression()
      take(')')
      return value
    }
    if (skip('missing', 'value')) return null
    if (skip('true')) return true
    if (skip('false')) return false
    if (skip('POSIX', 'file')) return { posix: await primary() }
    if (skip('count', 'of')) return (await primary()).length
    if (skip('item')) {
      const index = await primary()
      take('of')
      const list = await primary()
      if (index < 1 || index > list.length) throw new ScriptError(`Can’t get item ${index}`)
      return list[index - 1]
    }
    if (skip('virtual', 'machine', 'id')) {
      telling()
      const identifier = await primary()
      return { uuid: (await script.send({ name: 'byId', identifier })).uuid }
    }
    if (skip('id', 'of')) {
      telling()
      return (await primary()).uuid
    }
    if (skip('make', 'new', 'virtual', 'machine', 'with', 'properties')) {
      telling()
      return script.send({ name: 'make', properties: await expression() })
    }
    if (skip('import', 'new', 'virtual', 'machine', 'from')) {
      telling()
      return script.send({ name: 'import', path: (await primary()).posix })
    }
    const name = word()
    if (script.variables.has(name)) return script.variables.get(name)
    if (!script.isTelling || !enumerators.includes(name)) throw new ScriptError(`The variable ${name} is not defined.`)
    return { enumerator: name }
  }

  /** Left to right, as far as Berth's scripts mix operators. */
  const expression = async () => {
    let value = await primary()
    for (;;) {
      if (skip('as', 'integer')) value = Number.parseInt(value, 10)
      else if (skip('is', 'not')) value = !same(value, await primary())
      else if (skip('is')) value = same(value, await primary())
      else if (skip('+')) value += await primary()
      else if (skip('&')) {
        const other = await primary()
        // A list and a record would give a list: that is no record any more.
        if (Array.isArray(value) || Array.isArray(other)) throw new ScriptError('A record was expected')
        value = { ...other, ...value }
      } else return value
    }
  }
  const same = (one, other) => one === other

  return {
    line,
    take,
    skip,
    word,
    primary,
    expression,
    number: () => {
      if (line[at]?.kind !== 'number') throw new ScriptError('Expected a number')
      at += 1
    },
    isOver: () => at >= line.length,
  }
}
