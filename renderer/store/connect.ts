import type { Client } from '../../app/contract/client.ts'
import { errorOf } from '../../app/domain/errors.ts'
import type { Task } from '../../app/domain/task.ts'
import { connect } from '../client.ts'
import { localeIn } from '../say.tsx'
import { takeChange, takeWhole } from './inventory.ts'
import { withOwnNames } from './own-names.ts'
import { setUi, store } from './store.ts'
import { forgetTasks, takeTask, takeTasks } from './tasks.ts'
import { joinStats } from './watch-stats.ts'

type Joiner = (client: Client) => void

const firstRetryMs = 250
const lastRetryMs = 5_000

const joiners = new Set<Joiner>()
const taskListeners = new Set<(task: Task, before: Task | undefined) => void>()
const menuListeners = new Set<(item: string) => void>()
let current: Client | null = null

let meetFirst: (client: Client) => void = () => {}
let hasMet = false
/** Settles with the first line there is. */
export const firstClient = new Promise<Client>((resolve) => {
  meetFirst = resolve
})
export function hasConnected(): boolean {
  return hasMet
}

/** The line to main; null while it is down. */
export function currentClient(): Client | null {
  return current
}

/** Calls `joiner` with the client now connected and with every later one; for stores that follow feeds of their own. */
export function onConnected(joiner: Joiner): () => void {
  joiners.add(joiner)
  if (current !== null) joiner(current)
  return () => void joiners.delete(joiner)
}

/** Hears every task that changes, with what it was before; for announcements and for failures that belong somewhere. */
export function onTaskChanged(listener: (task: Task, before: Task | undefined) => void): () => void {
  taskListeners.add(listener)
  return () => void taskListeners.delete(listener)
}

/** Hears choices made in the native menu. */
export function onMenuChosen(listener: (item: string) => void): () => void {
  menuListeners.add(listener)
  return () => void menuListeners.delete(listener)
}

/** Connects, and again whenever the line goes down, for as long as the page lives. */
export function startConnection(): void {
  void attempt(0)
}

async function attempt(attempts: number): Promise<void> {
  try {
    const client = await connect()
    client.onClosed(lose)
    current = client
    hasMet = true
    meetFirst(client)
    await join(client)
  } catch (thrown) {
    if (current !== null) return
    if (errorOf(thrown).code === 'permission') {
      store.setState({ connection: { state: 'refused', attempts } })
      return
    }
    const delay = Math.min(lastRetryMs, firstRetryMs * 2 ** attempts)
    store.setState((state) => ({ connection: { ...state.connection, attempts: attempts + 1 } }))
    setTimeout(() => void attempt(attempts + 1), delay)
  }
}

function lose(): void {
  current = null
  store.setState({ connection: { state: 'lost', attempts: 0 } })
  void attempt(0)
}

/** Listens first and reads the whole second, so that nothing falls between the two. */
async function join(client: Client): Promise<void> {
  const readInventory = wholeReader(client)
  client.on('inventory.changed', (change) => {
    const next = takeChange(store.getState().inventory, change)
    if (next === null) readInventory()
    else store.setState((state) => ({ inventory: withOwnNames(next, localeIn(state)) }))
  })
  client.on('task.changed', (task) => {
    const before = store.getState().tasks.byId.get(task.id)
    store.setState((state) => ({ tasks: takeTask(state.tasks, task) }))
    for (const listener of taskListeners) listener(task, before)
  })
  client.on('task.cleared', (ids) => store.setState((state) => ({ tasks: forgetTasks(state.tasks, ids) })))
  client.on('trash.changed', ({ count }) => setUi({ trashCount: count }))
  client.on('settings.changed', (settings) =>
    store.setState((state) => ({
      settings,
      inventory: withOwnNames(state.inventory, localeIn({ ...state, settings })),
    })),
  )
  client.on('notices.changed', (notices) =>
    store.setState(({ system }) => (system === null ? {} : { system: { ...system, notices } })),
  )
  client.on('quit.asked', (plan) => setUi({ dialog: { kind: 'quit', plan } }))
  client.on('menu.chosen', ({ item }) => {
    for (const listener of menuListeners) listener(item)
  })

  const [system, settings, inventory, tasks] = await Promise.all([
    client.call('system.get'),
    client.call('settings.get'),
    client.call('inventory.get'),
    client.call('task.list'),
  ])
  store.setState((state) => ({
    connection: { state: 'ready', attempts: 0 },
    system,
    settings,
    inventory: withOwnNames(takeWhole(state.inventory, inventory), localeIn({ ...state, system, settings })),
    tasks: takeTasks(state.tasks, tasks),
  }))
  joinStats(client)
  // Not worth waiting for: a provider may have to look on disk.
  void client.call('trash.list').then(
    (items) => setUi({ trashCount: items.length }),
    () => {},
  )
  for (const joiner of joiners) joiner(client)
}

/** Asks for the whole once, however many changes did not fit, and once more if another came meanwhile. */
function wholeReader(client: Client): () => void {
  let isReading = false
  let isWanted = false
  const read = async (): Promise<void> => {
    isReading = true
    isWanted = false
    try {
      const whole = await client.call('inventory.get')
      store.setState((state) => ({ inventory: withOwnNames(takeWhole(state.inventory, whole), localeIn(state)) }))
    } catch {
      return // The line is down: the next connection reads everything.
    } finally {
      isReading = false
    }
    if (isWanted) void read()
  }
  return () => {
    if (isReading) isWanted = true
    else void read()
  }
}
