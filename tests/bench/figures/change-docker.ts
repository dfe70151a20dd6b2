import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { connectTo } from '../../support/client.ts'
import { makeHome, removeHome, serve } from '../../support/window.ts'
import { daemonWithContainers } from '../containers.ts'
import { type Figure, p95 } from '../figure.ts'

const rounds = 30
const allowedMs = 50

/** A container is started and stopped by somebody else: when the tool's own event says so, and when a client of ours hears it. */
export const figure: Figure = {
  name: 'change.docker',
  unit: 'ms',
  reach: `≤ floor + ${allowedMs} ms, p95`,
  isReached: ({ value, floor }) => floor !== null && value <= floor + allowedMs,
  async measure() {
    const dockerd = await daemonWithContainers(200, 20)
    const home = await makeHome()
    const berth = await serve({ home, env: dockerd.env })
    const client = await connectTo(berth.address)
    const { DOCKER_HOST: _host, DOCKER_CONTEXT: _context, ...environment } = process.env
    const events = spawn('docker', ['events', '--format', 'json', '--filter', 'type=container'], {
      env: { ...environment, ...dockerd.env },
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    const box = await dockerd.docker('inspect', '--format', '{{.Id}}', 'box-100')
    try {
      const heard = createMoments()
      client.on('inventory.changed', ({ upserts }) => {
        for (const { id, state } of upserts) if (id.endsWith(box)) heard.at(`feed ${state}`)
      })
      createInterface(events.stdout).on('line', (line) => {
        const { Action, Actor } = JSON.parse(line) as { Action: string; Actor: { ID: string } }
        if (Actor.ID === box) heard.at(`event ${Action}`)
      })
      await whenListed(client, box)

      const values: number[] = []
      const floors: number[] = []
      for (let round = 0; round < rounds; round += 1) {
        for (const [verb, event, state] of [
          [['start'], 'start', 'running'],
          [['stop', '--time', '0'], 'die', 'stopped'],
        ] as const) {
          const both = Promise.all([heard.next(`event ${event}`), heard.next(`feed ${state}`)])
          const start = performance.now()
          await dockerd.docker(...verb, 'box-100')
          const [told, seen] = await both
          floors.push(told - start)
          values.push(seen - start)
        }
      }
      return { value: p95(values), floor: p95(floors) }
    } finally {
      events.kill()
      client.close()
      berth.server.kill()
      await berth.exited
      await dockerd.close()
      await removeHome(home)
    }
  },
}

/** Settles once Berth lists the container. */
async function whenListed(client: Awaited<ReturnType<typeof connectTo>>, box: string): Promise<void> {
  const changed = createMoments()
  client.on('inventory.changed', () => changed.at('change'))
  for (;;) {
    const next = changed.next('change')
    const { machines } = await client.call('inventory.get')
    if (machines.some(({ id }) => id.endsWith(box))) return
    await next
  }
}

/** When named things happened: `next` is the moment of the next one from now on. */
function createMoments() {
  const waiting = new Map<string, ((moment: number) => void)[]>()
  return {
    at(name: string) {
      const moment = performance.now()
      for (const resolve of waiting.get(name) ?? []) resolve(moment)
      waiting.delete(name)
    },
    next: (name: string) =>
      new Promise<number>((resolve) => waiting.set(name, [...(waiting.get(name) ?? []), resolve])),
  }
}
