import { basename } from 'node:path'
import type { CallHandlers } from '../../app/contract/dispatch.ts'
import { failure } from '../../app/domain/errors.ts'
import type { MachineId, TaskId } from '../../app/domain/ids.ts'
import type { TaskVerb } from '../../app/domain/task.ts'
import type { RemovalPlan } from '../../app/domain/trash.ts'
import type { Verb } from '../../app/domain/verbs.ts'
import type { Core } from '../core.ts'
import type { Op, Provider } from '../providers/provider.ts'
import { unknownUse } from '../services/file-guard.ts'
import { checkNewFile, readable } from '../services/files.ts'
import { askProvider, facetOf, machineGone, nameOf } from './asking.ts'

/** What the preview on a machine's page has room for. */
const outputLines = 14
/** Of a command line, in a task's sentence. */
const maxSubjectLength = 100

/** What a person does to one machine there is. */
export function machineHandlers({ inventory, tasks, annotations, snapshotPictures, fileGuard }: Core) {
  /** A verb that is nothing but itself. */
  const simply =
    (verb: TaskVerb & Verb, work: (provider: Provider, id: MachineId, op: Op) => Promise<void>) =>
    async ({ id }: { readonly id: MachineId }): Promise<TaskId> =>
      tasks.start({
        verb,
        permit: verb,
        machineId: id,
        machineName: nameOf(inventory, id),
        subject: null,
        async run(op) {
          await work(inventory.providerOf(id), id, op)
          return {}
        },
      })

  /** Whether a file is the one that the machine misses, and free. Returns who could not be asked. */
  const checkLocated = async (id: MachineId, path: string): Promise<readonly string[]> => {
    const provider = inventory.providerOf(id)
    const lost = inventory.machine(id)?.lostFile ?? null
    if (lost === null) throw failure('wrong-state', { key: 'why.nothingLost', params: { name: nameOf(inventory, id) } })
    await askProvider(provider, (op) => facetOf(provider, 'locate').check(id, path, op))
    return fileGuard.checkLocated(id, lost.kind, path)
  }

  return {
    'machine.details': async ({ id }) => {
      const provider = inventory.providerOf(id)
      return askProvider(provider, (op) => provider.details(id, op))
    },
    'machine.output': async ({ id }) => {
      const provider = inventory.providerOf(id)
      return askProvider(provider, (op) => facetOf(provider, 'consoles').tail(id, outputLines, op))
    },
    'machine.configuration': async ({ id }) => {
      const provider = inventory.providerOf(id)
      return askProvider(provider, (op) => facetOf(provider, 'configure').read(id, op))
    },
    'machine.check': async ({ id }) => {
      await inventory.read(id)
    },
    'machine.start': simply('start', async (provider, id, op) => {
      await fileGuard.checkStart(id)
      await provider.power.start(id, op)
    }),
    'machine.shutDown': simply('shutDown', (provider, id, op) => provider.power.shutDown(id, op)),
    'machine.powerOff': simply('powerOff', (provider, id, op) => provider.power.powerOff(id, op)),
    'machine.reset': simply('reset', (provider, id, op) => facetOf(provider, 'reset').reset(id, op)),
    'machine.restart': simply('restart', (provider, id, op) => facetOf(provider, 'restart').restart(id, op)),
    'machine.pause': simply('pause', (provider, id, op) => facetOf(provider, 'pause').pause(id, op)),
    'machine.resume': simply('resume', (provider, id, op) => facetOf(provider, 'pause').resume(id, op)),
    'machine.suspend': simply('suspend', (provider, id, op) => facetOf(provider, 'suspend').suspend(id, op)),
    'machine.discardSuspended': simply('discardSuspended', (provider, id, op) =>
      facetOf(provider, 'suspend').discard(id, op),
    ),
    'machine.rename': async ({ id, name }) =>
      tasks.start({
        verb: 'rename',
        permit: 'rename',
        machineId: id,
        machineName: nameOf(inventory, id),
        subject: name,
        async run(op) {
          await facetOf(inventory.providerOf(id), 'rename').rename(id, name, op)
          return {}
        },
      }),
    'machine.configure': async ({ id, changes }) =>
      tasks.start({
        verb: 'configure',
        permit: 'configure',
        machineId: id,
        machineName: nameOf(inventory, id),
        subject: null,
        async run(op) {
          if (changes.diskBytes !== undefined) await fileGuard.checkWritten(id)
          await facetOf(inventory.providerOf(id), 'configure').configure(id, changes, op)
          return {}
        },
      }),
    'machine.clone': async ({ id, ...request }) =>
      tasks.start({
        verb: 'clone',
        permit: 'clone',
        machineId: id,
        machineName: nameOf(inventory, id),
        subject: request.name,
        async run(op) {
          return { machineId: await facetOf(inventory.providerOf(id), 'clone').clone(id, request, op) }
        },
      }),
    'machine.export': async ({ id, path, format }) => {
      const exporting = facetOf(inventory.providerOf(id), 'exporting')
      const isKnown = exporting.formats.some((known) => known.id === format)
      if (!isKnown) throw failure('invalid-input', { key: 'export.unknownFormat' }, { field: 'format' })
      await checkNewFile(path)
      return tasks.start({
        verb: 'export',
        permit: 'export',
        machineId: id,
        machineName: nameOf(inventory, id),
        subject: basename(path),
        async run(op) {
          await exporting.export(id, { path, format }, op)
          return { path }
        },
      })
    },
    'machine.sendFiles': async ({ id, path, folder }) => {
      const files = facetOf(inventory.providerOf(id), 'files')
      const from = await readable(path)
      return tasks.start({
        verb: 'sendFiles',
        permit: 'copyFiles',
        machineId: id,
        machineName: nameOf(inventory, id),
        subject: basename(from),
        async run(op) {
          await files.send(id, { path: from, folder }, op)
          return {}
        },
      })
    },
    'machine.fetchFiles': async ({ id, inside, path }) => {
      const files = facetOf(inventory.providerOf(id), 'files')
      await checkNewFile(path)
      return tasks.start({
        verb: 'fetchFiles',
        permit: 'copyFiles',
        machineId: id,
        machineName: nameOf(inventory, id),
        subject: basename(path),
        async run(op) {
          await files.fetch(id, { inside, path }, op)
          return { path }
        },
      })
    },
    'machine.runCommand': async ({ id, command }) =>
      tasks.start({
        verb: 'runCommand',
        permit: 'runCommand',
        machineId: id,
        machineName: nameOf(inventory, id),
        subject: command.join(' ').slice(0, maxSubjectLength),
        async run(op) {
          return { exitCode: await facetOf(inventory.providerOf(id), 'commands').run(id, command, op) }
        },
      }),
    'machine.locatePlan': async ({ id, path }) => ({ unknown: await checkLocated(id, await readable(path)) }),
    'machine.locate': async ({ id, path, acknowledged }) => {
      const there = await readable(path)
      return tasks.start({
        verb: 'locate',
        permit: 'locate',
        machineId: id,
        machineName: nameOf(inventory, id),
        subject: basename(path),
        async run(op) {
          const unasked = (await checkLocated(id, there)).filter((name) => !acknowledged.includes(name))
          if (unasked.length > 0) throw unknownUse(there, unasked)
          await facetOf(inventory.providerOf(id), 'locate').locate(id, there, op)
          return {}
        },
      })
    },
    'machine.annotate': async ({ id, ...changes }) => {
      if (inventory.machine(id) === null) throw machineGone()
      inventory.setAnnotations(await annotations.set(id, changes))
    },
    'machine.removalPlan': async ({ id }) => {
      const provider = inventory.providerOf(id)
      const plan = await askProvider(provider, (op) => facetOf(provider, 'remove').plan(id, op))
      const users = await fileGuard.blockingRemoval(id)
      // The provider may have named the same machine itself.
      const others = users.filter((user) => !plan.blockedBy.some((name) => user.startsWith(`${name} (`)))
      return { ...plan, blockedBy: [...plan.blockedBy, ...others] }
    },
    'machine.remove': async ({ id, volumes, typedName }) => {
      const machineName = nameOf(inventory, id)
      const provider = inventory.providerOf(id)
      const remove = facetOf(provider, 'remove')
      checkRemoval(await askProvider(provider, (op) => remove.plan(id, op)), { machineName, volumes, typedName })
      return tasks.start({
        verb: 'remove',
        permit: 'remove',
        machineId: id,
        machineName,
        subject: null,
        async run(op) {
          await fileGuard.checkRemoval(id)
          const trashId = await remove.remove(id, { volumes }, op)
          if (trashId !== null) return { trashId }
          await snapshotPictures.forgetMachine(id)
          return {}
        },
      })
    },
  } satisfies Partial<CallHandlers>
}

/** Main does not take the window's word for it that the person was asked. */
function checkRemoval(
  plan: RemovalPlan,
  asked: { readonly machineName: string; readonly volumes: readonly string[]; readonly typedName: string | null },
): void {
  if (plan.blockedBy.length > 0) {
    throw failure('in-use', { key: 'remove.inUse', params: { reasons: plan.blockedBy.join(', ') } })
  }
  if (plan.way === 'gone' && asked.typedName?.normalize().trim() !== asked.machineName.normalize().trim()) {
    throw failure('invalid-input', { key: 'remove.typeName' }, { field: 'typedName' })
  }
  const unknown = asked.volumes.find((volume) => !plan.volumes.includes(volume))
  if (unknown !== undefined) {
    throw failure(
      'invalid-input',
      { key: 'error.invalidInput', params: { field: 'volumes' } },
      { field: 'volumes', detail: unknown },
    )
  }
}
