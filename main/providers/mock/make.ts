import { failure } from '../../../app/domain/errors.ts'
import { type MachineId, machineId } from '../../../app/domain/ids.ts'
import type { Machine } from '../../../app/domain/machine.ts'
import type { ContainerSpec, CreateSpec, VmSpec } from '../../../app/domain/spec.ts'
import { GB, GiB, MB, MiB } from '../../../app/domain/units.ts'
import type { CloneOps, CreateOps, Op, RemoveOps, RenameOps, TrashOps } from '../provider.ts'
import { type MockMachine, type ProviderContext, recordCommand, throwIfCancelled } from './provider-context.ts'

/** What ports the pretended computer has taken already. */
const takenPort = 8080

/** Making machines: VMs with a bar, containers with an image pulled in layers. */
export function createMaking(context: ProviderContext): CreateOps {
  return {
    async options(endpointId, op) {
      await context.wait(200, op)
      if (endpointId.startsWith('mockcontainer:')) {
        return {
          kind: 'container',
          endpointId,
          images: [
            { reference: 'alpine:3.22', sizeBytes: 8 * MB },
            { reference: 'node:22', sizeBytes: 1_130 * MB },
            { reference: 'postgres:16', sizeBytes: 432 * MB },
            { reference: 'caddy:2', sizeBytes: 50 * MB },
          ],
          volumes: ['postgres-data', 'build-cache'],
          networks: ['web-tier', 'host', 'none'],
        }
      }
      const slow = { key: 'mock.tcg' } as const
      return {
        kind: 'vm',
        endpointId,
        architectures: [
          { arch: 'x86_64', accelerator: 'kvm', slow: null, noUefi: null },
          { arch: 'aarch64', accelerator: 'tcg', slow, noUefi: null },
          { arch: 'riscv64', accelerator: 'tcg', slow, noUefi: { key: 'mock.noUefi' } },
        ],
        cpus: { min: 1, max: 16, sensible: 8, default: 2 },
        memoryBytes: { min: 64 * MiB, max: 32 * GiB, sensible: 16 * GiB, default: 4 * GiB },
        diskBytes: { min: MiB, max: 2_000 * GB, sensible: 180 * GB, default: 32 * GB },
        folder: context.host.dataDir,
        freeBytes: 212 * GB,
      }
    },

    async preview(spec, op) {
      throwIfCancelled(op)
      return spec.kind === 'vm' ? vmCommands(spec) : [containerCommand(spec)]
    },

    async create(spec, op) {
      throwIfCancelled(op)
      checkPorts(spec)
      if (spec.kind === 'container') await pull(context, spec, op)
      else await context.work(2_000, op, 'mock.step.create')
      const made = newMachine(context, spec)
      const taken = [...context.machines.values()].some((one) => one.machine.name === made.machine.name)
      if (spec.kind === 'container' && taken) {
        throw failure(
          'already-exists',
          { key: 'mock.error.nameTaken' },
          { hint: { key: 'mock.error.nameTaken.hint' }, field: 'name' },
        )
      }
      const line = spec.kind === 'vm' ? vmCommands(spec).join('\n') : containerCommand(spec)
      recordCommand(context, op, line, null, 0)
      context.put(made)
      return made.machine.id
    },
  }
}

function checkPorts(spec: CreateSpec): void {
  const ports =
    spec.kind === 'container' ? spec.ports : spec.network.mode === 'user' ? spec.network.forwards : ([] as const)
  const index = ports.findIndex((one) => one.hostPort === takenPort)
  if (index === -1) return
  const field = spec.kind === 'container' ? `ports.${index}.hostPort` : `network.forwards.${index}.hostPort`
  throw failure('in-use', { key: 'mock.error.portTaken', params: { port: String(takenPort) } }, { field })
}

async function pull(context: ProviderContext, spec: ContainerSpec, op: Op): Promise<void> {
  const text = { key: 'mock.step.pull', params: { image: spec.image } } as const
  if (spec.image.includes('missing')) {
    await context.wait(900, op)
    const detail = `Error response from daemon: manifest for ${spec.image} not found: manifest unknown`
    recordCommand(context, op, `docker pull -- ${spec.image}`, detail, 1)
    throw failure('not-found', { key: 'mock.error.noImage', params: { image: spec.image } }, { detail, field: 'image' })
  }
  const layers = ['a3ed95caeb02', '5f70bf18a086', 'd1a6b8e3c5f0', '9c4e8f1d2b77'].map((id, index) => ({
    id,
    totalBytes: (index + 1) * 24 * MB,
  }))
  const steps = 30
  for (let step = 0; step <= steps; step += 1) {
    const parts = layers.map(({ id, totalBytes }, index) => {
      const done = Math.min(1, Math.max(0, (step - index * 3) / (steps - 10)))
      const label = done === 1 ? 'Pull complete' : done === 0 ? 'Waiting' : 'Downloading'
      return { id, label, doneBytes: Math.round(done * totalBytes), totalBytes }
    })
    op.progress({ text, fraction: step / steps, parts })
    await context.wait(160, op)
  }
  recordCommand(context, op, `docker pull -- ${spec.image}`, 'Status: Downloaded newer image', 0)
}

function newMachine(context: ProviderContext, spec: CreateSpec): MockMachine {
  const key = `${spec.endpointId.split(':')[1] ?? 'local'}/${context.nextId('new-')}`
  const provider = spec.endpointId.split(':')[0] ?? ''
  const vm = spec.kind === 'vm' ? spec : null
  const machine: Machine = {
    id: machineId(provider, key),
    endpointId: spec.endpointId,
    kind: spec.kind,
    name: spec.name ?? `quiet_harbour_${context.machines.size}`,
    state: 'stopped',
    nativeState: 'created',
    os: vm === null ? (spec as ContainerSpec).image : null,
    arch: vm?.arch ?? null,
    cpus: vm?.cpus ?? null,
    memoryBytes: vm?.memoryBytes ?? null,
    since: context.now(),
    addresses: [],
    withheld: {},
    remark: null,
    needsHelp: false,
    lostFile: null,
  }
  return {
    machine,
    quirks: [],
    files: new Map([['readme', 'A pretended machine.']]),
    saved: [],
    currentId: null,
    restores: [],
    diskBytes: vm?.disk.from === 'blank' ? vm.disk.sizeBytes : 2 * GB,
    forwards: vm?.network.mode === 'user' ? vm.network.forwards : [],
    volumes:
      spec.kind === 'container' ? spec.mounts.filter((one) => one.type === 'volume').map((one) => one.source) : [],
    settings:
      spec.kind === 'container'
        ? { restart: spec.restart }
        : { cpus: spec.cpus, memoryBytes: spec.memoryBytes, isoPath: spec.isoPath, network: spec.network },
    linkedTo: null,
  }
}

function quote(word: string): string {
  return /^[\w./:@%+=,-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`
}

function vmCommands(spec: VmSpec): readonly string[] {
  const iso = spec.isoPath === null ? '' : ` -cdrom ${quote(spec.isoPath)}`
  const run = `qemu-system-${spec.arch} -name ${quote(spec.name)} -smp ${spec.cpus} -m ${Math.round(spec.memoryBytes / MiB)}${iso}`
  return spec.disk.from === 'blank' ? [`qemu-img create -f qcow2 disk.qcow2 ${spec.disk.sizeBytes}`, run] : [run]
}

function containerCommand(spec: ContainerSpec): string {
  const words = [
    'docker run -d',
    ...(spec.name === null ? [] : ['--name', quote(spec.name)]),
    ...spec.ports.flatMap((one) => ['-p', `${one.hostPort ?? ''}:${one.containerPort}/${one.protocol}`]),
    ...spec.mounts.flatMap((one) => ['-v', quote(`${one.source}:${one.target}${one.readOnly ? ':ro' : ''}`)]),
    ...spec.environment.flatMap((one) => ['-e', quote(`${one.name}=${one.value}`)]),
    ...(spec.restart === 'no' ? [] : [`--restart ${spec.restart}`]),
    ...(spec.terminal === 'yes' || (spec.terminal === 'auto' && /^alpine/.test(spec.image)) ? ['-it'] : []),
    ...(spec.cpus === undefined ? [] : [`--cpus ${spec.cpus}`]),
    ...(spec.memoryBytes === undefined ? [] : [`--memory ${spec.memoryBytes}`]),
    ...(spec.network === undefined ? [] : [`--network ${quote(spec.network)}`]),
    ...(spec.user === undefined ? [] : [`--user ${quote(spec.user)}`]),
    ...(spec.workingFolder === undefined ? [] : [`--workdir ${quote(spec.workingFolder)}`]),
    '--',
    quote(spec.image),
    ...spec.command.map(quote),
  ]
  return words.join(' ')
}

/** Cloning, renaming, removing and the trash. */
export function createKeeping(context: ProviderContext): {
  clones: CloneOps
  renames: RenameOps
  removes: RemoveOps
  bin: TrashOps
} {
  const needing = (id: MachineId): readonly string[] =>
    [...context.machines.values()].filter((one) => one.linkedTo === id).map((one) => one.machine.name)

  return {
    clones: {
      async clone(id, { name, mode, snapshotId }, op) {
        throwIfCancelled(op)
        const source = context.of(id)
        const saved = source.saved.find((one) => one.snapshot.id === snapshotId)
        if (snapshotId !== null && saved === undefined) throw failure('not-found', { key: 'mock.error.snapshotGone' })
        await context.work(mode === 'linked' ? 600 : 6_000, op, 'mock.step.copy')
        const [provider = '', key = ''] = id.split(/:(.*)/s)
        const newId = machineId(provider, `${key.split('/')[0]}/${context.nextId('clone-')}`)
        context.put({
          ...source,
          machine: {
            ...source.machine,
            id: newId,
            name,
            state: 'stopped',
            nativeState: 'shut off',
            since: context.now(),
          },
          quirks: [],
          files: saved?.files ?? source.files,
          saved: [],
          currentId: null,
          restores: [],
          linkedTo: mode === 'linked' ? id : null,
        })
        return newId
      },
    },
    renames: {
      async rename(id, name, op) {
        await context.wait(150, op)
        const { machine } = context.of(id)
        context.change(id, { machine: { ...machine, name } })
      },
    },
    removes: {
      async plan(id, op) {
        await context.wait(150, op)
        const { machine, saved, diskBytes, volumes } = context.of(id)
        return {
          machineId: id,
          way: machine.kind === 'vm' ? 'trash' : 'gone',
          sizeBytes: Math.round(diskBytes * 0.4),
          snapshotCount: saved.length,
          stays: machine.kind === 'vm' ? [] : volumes,
          volumes,
          blockedBy: needing(id),
        }
      },
      async remove(id, { volumes: _volumes }, op) {
        throwIfCancelled(op)
        const mock = context.of(id)
        const { machine } = mock
        if (needing(id).length > 0) {
          throw failure('in-use', { key: 'mock.error.needed' }, { detail: needing(id).join('\n') })
        }
        const isOn = machine.state === 'running' || machine.state === 'paused'
        if (isOn && machine.kind === 'vm') throw failure('wrong-state', { key: 'mock.error.running' })
        // A container is stopped on its way out.
        await context.wait(isOn ? 1_500 : 700, op)
        context.delete(id)
        if (machine.kind !== 'vm') return null
        const trashId = context.nextId('trash-')
        const item = {
          id: trashId,
          endpointId: machine.endpointId,
          machineId: id,
          name: machine.name,
          removedAt: context.now(),
          sizeBytes: Math.round(mock.diskBytes * 0.4),
          snapshotCount: mock.saved.length,
        }
        context.trash.set(trashId, { item, mock })
        context.tell({ kind: 'trash' })
        return trashId
      },
    },
    bin: {
      async list(op) {
        await context.wait(60, op)
        return [...context.trash.values()].map((one) => one.item)
      },
      async recover(trashId, op) {
        await context.wait(500, op)
        const { mock } = itemOf(trashId)
        context.trash.delete(trashId)
        context.put(mock)
        context.tell({ kind: 'trash' })
        return mock.machine.id
      },
      async purge(trashId, op) {
        itemOf(trashId)
        await context.wait(900, op)
        context.trash.delete(trashId)
        context.tell({ kind: 'trash' })
      },
    },
  }

  function itemOf(trashId: string) {
    const found = context.trash.get(trashId)
    if (found === undefined) throw failure('not-found', { key: 'error.machineGone' })
    return found
  }
}
