import { describe, expect, it, vi } from 'vitest'
import { connectClient } from '../../../app/contract/client.ts'
import { calls } from '../../../app/contract/contract.ts'
import {
  type CallHandlers,
  createDispatcher,
  type Handlers,
  type MainStream,
  type StreamHandlers,
} from '../../../app/contract/dispatch.ts'
import type { ConsoleDown } from '../../../app/contract/views.ts'
import { failure } from '../../../app/domain/errors.ts'
import { defaultSettings } from '../../../app/domain/settings.ts'
import { wirePair } from '../../support/wires.ts'

/** A main in which everything is refused but what a test says. */
function joined(given: { readonly calls?: Partial<CallHandlers>; readonly streams?: Partial<StreamHandlers> } = {}) {
  const none = vi.fn(() => Promise.reject(failure('unsupported', { key: 'error.bug' })))
  const all = Object.fromEntries(Object.keys(calls).map((name) => [name, none]))
  const log = { refused: vi.fn(), bug: vi.fn() }
  const handlers = {
    calls: { ...all, ...given.calls },
    streams: { 'stats.watch': () => ({ up() {}, closed() {} }), ...given.streams },
  } as unknown as Handlers
  const dispatcher = createDispatcher(handlers, log)
  const pair = wirePair()
  dispatcher.connect(pair.main)
  const onError = vi.fn()
  return { dispatcher, pair, client: connectClient(pair.client, onError), log, none, onError }
}

const attach = { sessionId: 's', columns: 80, rows: 24 }

describe('a call', () => {
  it('is answered with what the handler says', async () => {
    const { client } = joined({ calls: { 'settings.get': async () => defaultSettings } })
    expect(await client.call('settings.get')).toEqual(defaultSettings)
  })

  it('rejects with the very error the handler threw', async () => {
    const { client } = joined({
      calls: {
        'machine.start': async () => {
          throw failure('busy', { key: 'why.task.start' }, { hint: { key: 'error.bug.hint' }, detail: 'said' })
        },
      },
    })
    await expect(client.call('machine.start', { id: 'a:b' })).rejects.toMatchObject({
      error: { code: 'busy', message: { key: 'why.task.start' }, hint: { key: 'error.bug.hint' }, detail: 'said' },
    })
  })

  it('that fails by our own mistake says so, and the log hears of it', async () => {
    const { client, log } = joined({
      calls: {
        'settings.get': () => {
          throw new TypeError('x is not a function')
        },
      },
    })
    await expect(client.call('settings.get')).rejects.toMatchObject({ error: { code: 'bug' } })
    expect(log.bug).toHaveBeenCalledWith('settings.get', expect.any(TypeError))
  })

  it('with an input that does not fit is refused with the field, and nothing runs', async () => {
    const { client, none, log } = joined()
    await expect(client.call('machine.rename', { id: 'a:b', name: ' ' })).rejects.toMatchObject({
      error: { code: 'invalid-input', field: 'name' },
    })
    expect(none).not.toHaveBeenCalled()
    expect(log.refused).toHaveBeenCalledOnce()
  })

  it.each(['nope', 'toString', '__proto__', 'constructor', ''])('of the name %j does not exist', async (name) => {
    const { client, log } = joined()
    await expect(client.call(name as 'settings.get')).rejects.toMatchObject({ error: { code: 'invalid-input' } })
    expect(log.refused).toHaveBeenCalledOnce()
  })

  it('under way when the line is cut rejects as unreachable, and so does every later one', async () => {
    const { client, pair } = joined({ calls: { 'settings.get': () => new Promise(() => {}) } })
    const waiting = client.call('settings.get')
    pair.cut()
    await expect(waiting).rejects.toMatchObject({ error: { code: 'unreachable' } })
    await expect(client.call('settings.get')).rejects.toMatchObject({ error: { code: 'unreachable' } })
  })
})

describe('a feed', () => {
  it('reaches every client that listens, until it listens no more', async () => {
    const { client, dispatcher } = joined()
    const heard = vi.fn()
    const stop = client.on('trash.changed', heard)
    dispatcher.publish('trash.changed', { count: 1 })
    await vi.waitFor(() => expect(heard).toHaveBeenCalledWith({ count: 1 }))
    stop()
    dispatcher.publish('trash.changed', { count: 2 })
    await Promise.resolve()
    expect(heard).toHaveBeenCalledOnce()
  })

  it('goes on to the other listeners when one throws', async () => {
    const { client, dispatcher, onError } = joined()
    const heard = vi.fn()
    client.on('trash.changed', () => {
      throw new Error('mine')
    })
    client.on('trash.changed', heard)
    dispatcher.publish('trash.changed', { count: 1 })
    await vi.waitFor(() => expect(heard).toHaveBeenCalled())
    expect(onError).toHaveBeenCalledWith(expect.objectContaining({ message: 'mine' }))
  })

  it('is not sent to a client that is gone', () => {
    const { dispatcher, pair } = joined()
    expect(dispatcher.clientCount()).toBe(1)
    pair.cut()
    expect(dispatcher.clientCount()).toBe(0)
  })
})

describe('a stream', () => {
  function stream() {
    const up = vi.fn()
    const gone = vi.fn()
    let main: MainStream<ConsoleDown> | null = null
    const line = joined({
      streams: {
        'console.attach': (_input, opened) => {
          main = opened
          return { up, closed: gone }
        },
      },
    })
    const down = vi.fn()
    const closed = vi.fn()
    const end = line.client.open('console.attach', attach, { down, closed })
    const side = async (): Promise<MainStream<ConsoleDown>> => {
      await vi.waitFor(() => expect(main).not.toBeNull())
      if (main === null) throw new Error('not open')
      return main
    }
    return { ...line, up, gone, down, closed, end, side }
  }

  it('carries frames both ways, bytes as bytes', async () => {
    const { end, up, down, side } = stream()
    end.up({ kind: 'input', data: 'ls\r' })
    const main = await side()
    main.down({ kind: 'data', data: new Uint8Array([27, 91, 72]) })
    await vi.waitFor(() => expect(down).toHaveBeenCalledWith({ kind: 'data', data: new Uint8Array([27, 91, 72]) }))
    expect(up).toHaveBeenCalledWith({ kind: 'input', data: 'ls\r' })
  })

  it('closed by the client tells main once, and says nothing more', async () => {
    const { end, gone, closed, down, side } = stream()
    const main = await side()
    end.close()
    end.close()
    expect(closed).toHaveBeenCalledExactlyOnceWith(null)
    await vi.waitFor(() => expect(gone).toHaveBeenCalledOnce())
    main.down({ kind: 'size', columns: 1, rows: 1 })
    await Promise.resolve()
    expect(down).not.toHaveBeenCalled()
  })

  it('ended by main tells the client why, and takes no more frames', async () => {
    const { end, closed, up, side } = stream()
    const main = await side()
    main.end(failure('not-found', { key: 'terminal.gone' }).error)
    await vi.waitFor(() => expect(closed).toHaveBeenCalledWith(expect.objectContaining({ code: 'not-found' })))
    end.up({ kind: 'ack', bytes: 1 })
    await Promise.resolve()
    expect(up).not.toHaveBeenCalled()
  })

  it('ends on both sides when the line is cut', async () => {
    const { closed, gone, pair, side } = stream()
    await side()
    pair.cut()
    expect(closed).toHaveBeenCalledWith(expect.objectContaining({ code: 'unreachable' }))
    expect(gone).toHaveBeenCalledOnce()
  })

  it('refuses a frame that does not fit, and goes on', async () => {
    const { end, up, log, side } = stream()
    await side()
    end.up({ kind: 'resize', columns: -1, rows: 24 })
    end.up({ kind: 'ack', bytes: 5 })
    await vi.waitFor(() => expect(up).toHaveBeenCalledExactlyOnceWith({ kind: 'ack', bytes: 5 }))
    expect(log.refused).toHaveBeenCalledOnce()
  })

  it('is closed with the reason when its handler throws', async () => {
    const { client } = joined({
      streams: {
        'console.attach': () => {
          throw failure('not-found', { key: 'terminal.gone' })
        },
      },
    })
    const closed = vi.fn()
    client.open('console.attach', attach, { down() {}, closed })
    await vi.waitFor(() => expect(closed).toHaveBeenCalledWith(expect.objectContaining({ code: 'not-found' })))
  })

  it('survives a mistake of ours in one frame', async () => {
    const { end, up, log, side } = stream()
    await side()
    up.mockImplementationOnce(() => {
      throw new TypeError('mine')
    })
    end.up({ kind: 'ack', bytes: 1 })
    end.up({ kind: 'ack', bytes: 2 })
    await vi.waitFor(() => expect(up).toHaveBeenCalledTimes(2))
    expect(log.bug).toHaveBeenCalledOnce()
  })
})

describe('a client that sends what no page of ours does', () => {
  it.each([null, 7, 'text', [], {}, { t: 'call' }, { t: 'call', id: 'x', name: 'settings.get' }, { t: 'run', id: 1 }])(
    'is refused %j',
    async (frame) => {
      const { pair, log, none } = joined()
      pair.client.send(frame as never)
      await vi.waitFor(() => expect(log.refused).toHaveBeenCalledOnce())
      expect(none).not.toHaveBeenCalled()
      expect(pair.isClosed()).toBe(false)
    },
  )

  it('is cut off when it goes on', async () => {
    const { pair } = joined()
    for (let count = 0; count < 30; count += 1) pair.client.send(null as never)
    await vi.waitFor(() => expect(pair.isClosed()).toBe(true))
  })

  it('may not open one stream twice', async () => {
    const opened = vi.fn(() => ({ up() {}, closed() {} }))
    const { pair, log } = joined({ streams: { 'stats.watch': opened } })
    pair.client.send({ t: 'open', id: 1, name: 'stats.watch' })
    pair.client.send({ t: 'open', id: 1, name: 'stats.watch' })
    await vi.waitFor(() => expect(log.refused).toHaveBeenCalledOnce())
    expect(opened).toHaveBeenCalledOnce()
  })
})
