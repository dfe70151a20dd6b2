import type { Op } from '../../../main/providers/provider.ts'
import { createVirtualBoxProvider } from '../../../main/providers/virtualbox/provider.ts'
import { temporaryHost } from '../../conformance/ground.ts'
import { atMostTimes, type Figure, median, timed } from '../figure.ts'
import { labWithMachines } from '../virtualbox-machines.ts'

const count = 100
const rounds = 9

/** A provider that has seen nothing yet lists 100 machines with all that the list and a page show; one bare `list vms` beside it. */
export const figure: Figure = {
  name: 'list.virtualbox',
  unit: 'ms',
  ...atMostTimes(3),
  async measure() {
    const lab = await labWithMachines('bench-list', count)
    try {
      const values: number[] = []
      const floors: number[] = []
      for (let round = 0; round < rounds; round += 1) {
        floors.push(await timed(() => lab.manage('list', 'vms')))
        values.push(await coldList())
      }
      return { value: median(values), floor: median(floors) }
    } finally {
      await lab.leave()
    }
  },
}

async function coldList(): Promise<number> {
  const { host, remove } = await temporaryHost()
  const provider = createVirtualBoxProvider(host)
  const op: Op = { signal: AbortSignal.timeout(60_000), progress: () => {}, record: () => {} }
  try {
    await provider.probe(op)
    return await timed(async () => {
      const machines = await provider.list('virtualbox:local', op)
      if (machines.length !== count) throw new Error(`${machines.length} of ${count} were listed`)
      const described = machines.filter(({ memoryBytes, os }) => memoryBytes !== null && os !== null)
      if (described.length !== count) throw new Error(`${described.length} of ${count} were described`)
    })
  } finally {
    await provider.dispose()
    await remove()
  }
}
