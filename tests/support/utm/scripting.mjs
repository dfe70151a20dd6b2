import { execFileSync } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { cpSync, existsSync, mkdirSync, renameSync, rmSync } from 'node:fs'
import { basename, join } from 'node:path'
import { agentEvents } from './agent.mjs'
import { EventError, faultsOf } from './events.mjs'
import { launch } from './qemu.mjs'

/** What UTM does for each event, and what it says when it does not (Scripting/*.swift, Services/UTMQemuVirtualMachine.swift). */

const said = {
  notRunning: 'The virtual machine is not running.',
  notStopped: 'The virtual machine must be stopped before this operation can be performed.',
  notAvailable: 'Operation not available.',
  notSupported: 'Operation not supported by the backend.',
  noAgent: 'The QEMU guest agent is not running or not installed on the guest.',
  exists: 'An existing virtual machine already exists with this name.',
  invalidState: 'The virtual machine is in an invalid state.',
}

export function scripting(library) {
  const { machines, registryOf, remember, world } = library
  const uuidOf = (machine) => machine.config.Information.UUID
  const isApple = ({ config }) => config.Backend === 'Apple'
  const of = ({ uuid }) => {
    const machine = machines.find((one) => uuidOf(one) === uuid)
    if (machine === undefined) throw new EventError(-1728)
    return machine
  }
  const shown = (machine) => ({
    uuid: uuidOf(machine),
    status: machine.status,
    name: machine.config.Information.Name,
  })
  const require = (isTrue, sentence) => {
    if (!isTrue) throw new Error(sentence)
  }
  const setSuspended = (machine, isSuspended) => {
    registryOf(machine).Suspended = isSuspended
    remember()
  }
  /** A change of state takes its time, and is seen by who looks meanwhile. */
  const passing = async (machine, status, job, then) => {
    const before = machine.status
    machine.status = status
    try {
      const { transitionMs = 0 } = faultsOf(world)
      if (transitionMs > 0) await new Promise((resolve) => setTimeout(resolve, transitionMs))
      await job()
      machine.status = then ?? before
    } catch (error) {
      machine.status = machine.qemu === null ? 'stopped' : before
      throw error
    }
  }

  const start = async (machine) => {
    if (isApple(machine)) return
    machine.qemu = await launch(world, machine, () => {
      machine.qemu = null
      machine.pty.clear()
      machine.status = 'stopped'
    })
    for (const { label, filename } of await machine.qemu.execute('query-chardev')) {
      const device = /^pty:(.*)/.exec(filename)?.[1]
      if (device !== undefined) machine.pty.set(Number(label.replace('term', '')), device)
    }
    if (registryOf(machine).Suspended) {
      // What it says is not looked at: without the snapshot it goes on and boots.
      await machine.qemu.monitor('loadvm suspend').catch(() => {})
      await machine.qemu.execute('cont')
      setSuspended(machine, false)
      await machine.qemu.monitor('delvm suspend').catch(() => {})
    } else await machine.qemu.execute('cont')
  }

  const create = (config) => {
    require(!machines.some((one) => one.config.Information.Name === config.Information.Name), said.exists)
    const path = library.pathFor(config.Information.Name)
    library.save({ path, config })
    return library.load(path)
  }

  return {
    version: () => '5.0.3',
    list: () => machines.map(shown),
    find: ({ identifier }) => {
      const machine =
        machines.find((one) => uuidOf(one) === identifier) ??
        machines.find((one) => one.config.Information.Name === identifier)
      return machine === undefined ? null : shown(machine)
    },
    byId: ({ identifier }) => shown(of({ uuid: identifier })),

    async start(event) {
      const machine = of(event)
      if (machine.status === 'stopped') {
        await passing(machine, 'starting', () => start(machine), 'started')
        return
      }
      require(machine.status === 'paused', said.notAvailable)
      await passing(
        machine,
        'resuming',
        async () => {
          await machine.qemu?.execute('cont')
          if (!registryOf(machine).Suspended) return
          setSuspended(machine, false)
          await machine.qemu?.monitor('delvm suspend').catch(() => {})
        },
        'started',
      )
    },
    async suspend(event) {
      const machine = of(event)
      require(machine.status === 'started', said.notRunning)
      await passing(machine, 'pausing', () => machine.qemu?.execute('stop'), 'paused')
      if (!event.saving) return
      require(!faultsOf(world).noSaving, 'Suspend is not supported when GPU acceleration is enabled.')
      await passing(machine, 'pausing', async () => {
        if (!faultsOf(world).forgetsSaving) await machine.qemu?.monitor('savevm suspend')
        setSuspended(machine, true)
      })
    },
    async stop(event) {
      const machine = of(event)
      require(machine.status === 'started' || event.by === 'kill', said.notRunning)
      if (event.by === 'request') {
        await machine.qemu?.execute('system_powerdown')
        return
      }
      if (machine.status === 'stopped') return
      if (isApple(machine)) {
        machine.status = 'stopped'
        return
      }
      const { qemu } = machine
      if (faultsOf(world).ignoresForce && event.by === 'force') return
      machine.status = 'stopping'
      if (event.by === 'kill') qemu.kill()
      else await qemu.execute('quit').catch(() => {})
      await qemu.ended
    },
    ports(event) {
      const machine = of(event)
      return machine.config.Serial.map(({ Mode, TcpPort }, id) => {
        const device = machine.pty.get(id)
        if (Mode === 'Ptty' && device !== undefined) return { id, interface: 'ptty', address: device, port: 0 }
        if (Mode === 'TcpServer') return { id, interface: 'tcp', address: '127.0.0.1', port: TcpPort }
        return { id, interface: 'unavailable', address: '', port: 0 }
      })
    },
    ...agentEvents((event) => agentOf(of(event))),
    clone(event) {
      const machine = of(event)
      require(machine.status === 'stopped', said.notStopped)
      const base = machine.config.Information.Name
      let name = base
      for (let number = 2; existsSync(library.pathFor(name)); number += 1) name = `${base} ${number}`
      const path = library.pathFor(name)
      cpSync(machine.path, path, { recursive: true })
      const config = structuredClone(machine.config)
      config.Information = { ...config.Information, UUID: randomUUID().toUpperCase(), Name: name }
      library.save({ path, config })
      const made = library.load(path)
      if (event.newName !== null) rename(made, event.newName)
    },
    delete(event) {
      const machine = of(event)
      require(machine.status === 'stopped', said.notStopped)
      if (!existsSync(machine.path)) throw new Error(`“${basename(machine.path)}” couldn’t be removed.`)
      rmSync(machine.path, { recursive: true })
      library.forget(machine)
    },
    async 'snapshot.create'(event) {
      const machine = of(event)
      require(!isApple(machine), 'Snapshots are not supported for this virtual machine.')
      require(['started', 'paused'].includes(machine.status), said.invalidState)
      await passing(machine, 'pausing', () => machine.qemu.monitor(`savevm ${event.snapshot}`))
    },
    async 'snapshot.delete'(event) {
      const machine = of(event)
      require(['started', 'paused'].includes(machine.status), said.invalidState)
      await machine.qemu.monitor(`delvm ${event.snapshot}`)
    },
    async 'snapshot.restore'(event) {
      const machine = of(event)
      require(machine.status === 'stopped', 'The virtual machine must be stopped before restoring a snapshot.')
      await passing(
        machine,
        'resuming',
        async () => {
          machine.qemu = await launch(world, machine, () => {
            machine.qemu = null
            machine.pty.clear()
            machine.status = 'stopped'
          })
          for (const { label, filename } of await machine.qemu.execute('query-chardev')) {
            const device = /^pty:(.*)/.exec(filename)?.[1]
            if (device !== undefined) machine.pty.set(Number(label.replace('term', '')), device)
          }
          await machine.qemu.monitor(`loadvm ${event.snapshot}`)
          await machine.qemu.execute('cont')
        },
        'started',
      )
    },
    make({ properties }) {
      require(properties.backend?.enumerator === 'qemu', 'A valid backend must be specified.')
      const { configuration } = properties
      require(configuration?.name !== undefined, 'No name specified in the configuration.')
      const config = blankConfig(configuration)
      const path = library.pathFor(configuration.name)
      require(!machines.some((one) => one.config.Information.Name === configuration.name), said.exists)
      change({ path, config }, configuration)
      const made = create(config)
      for (const [drive, disc] of discs) setDisc(config, drive, disc)
      discs.clear()
      return shown(made)
    },
    update(event) {
      const machine = of(event)
      require(machine.status === 'stopped', said.notStopped)
      change(machine, event.changes)
      library.save(machine)
      const { name } = event.changes
      if (name !== undefined && name !== '') rename(machine, name)
    },
    import({ path }) {
      require(existsSync(path), 'A valid UTM file must be specified.')
      const stem = basename(path, '.utm')
      let target = join(library.documents, `${stem}.utm`)
      for (let number = 2; existsSync(target); number += 1) target = join(library.documents, `${stem}-${number}.utm`)
      cpSync(path, target, { recursive: true })
      return shown(library.load(target))
    },
    export(event) {
      const machine = of(event)
      require(machine.status === 'stopped', said.notStopped)
      rmSync(event.path, { recursive: true, force: true })
      cpSync(machine.path, event.path, { recursive: true })
    },
  }

  function agentOf(machine) {
    require(machine.status === 'started', said.notRunning)
    require(!isApple(machine), said.notSupported)
    const agent = faultsOf(world).agents?.[uuidOf(machine)]
    require(agent !== undefined, said.noAgent)
    return agent
  }

  function rename(machine, name) {
    machine.config.Information.Name = name
    const path = library.pathFor(name)
    if (path !== machine.path) {
      require(!existsSync(path), `“${basename(path)}” couldn’t be moved because an item with the same name exists.`)
      renameSync(machine.path, path)
      machine.path = path
      registryOf(machine).Package.Path = path
    }
    library.save(machine)
    remember()
  }

  function change(machine, record) {
    const { config, path } = machine
    if (record.name) config.Information.Name = record.name
    if (record.memory) config.System.MemorySize = record.memory
    if (record.cpuCores !== undefined) config.System.CPUCount = record.cpuCores
    if (record.uefi !== undefined && config.QEMU !== undefined) config.QEMU.UEFIBoot = record.uefi
    if (record.drives !== undefined) config.Drive = drivesOf(machine, record.drives)
    if (record.networkInterfaces !== undefined) config.Network = networksOf(config.Network, record.networkInterfaces)
    mkdirSync(join(path, 'Data'), { recursive: true })
    for (const drive of config.Drive) imageOf(path, drive)
  }

  function drivesOf({ config }, records) {
    const kept = config.Drive.filter((drive) => records.some(({ id }) => id === drive.Identifier))
    const made = records.filter(({ id }) => id === undefined).map((record) => newDrive(record))
    const unknown = records.find(({ id }) => id !== undefined && !config.Drive.some((one) => one.Identifier === id))
    require(unknown === undefined, `Identifier '${unknown?.id}' cannot be found.`)
    const all = [...kept, ...made]
    for (const { id, source } of records) {
      const drive = id === undefined ? null : all.find((one) => one.Identifier === id)
      if (drive !== null && source != null) setDisc(config, drive, source.posix)
    }
    for (const [index, record] of records.filter(({ id }) => id === undefined).entries()) {
      if (record.removable && record.source != null) setDisc(config, made[index], record.source.posix)
    }
    return all
  }

  function setDisc(config, { Identifier }, path) {
    const entry = registryOf({ config })
    // A machine that is being made has none yet.
    if (entry === undefined) return void discs.set({ Identifier }, path)
    entry.ExternalDrives[Identifier] = { Path: path, Bookmark: new Uint8Array(), ReadOnly: true }
    remember()
  }

  function newDrive({ removable, source, guestSize }) {
    const drive = {
      Identifier: randomUUID().toUpperCase(),
      ImageType: removable ? 'CD' : 'Disk',
      Interface: 'IDE',
      InterfaceVersion: 1,
      ReadOnly: removable,
    }
    if (!removable) newImages.set(drive, { source: source?.posix ?? null, sizeMib: guestSize ?? 10_240 })
    return drive
  }

  function imageOf(path, drive) {
    const wanted = newImages.get(drive)
    if (wanted === undefined) return
    newImages.delete(drive)
    const stem = wanted.source === null ? drive.Identifier : basename(wanted.source).replace(/\.[^.]*$/, '')
    drive.ImageName = `${stem}.qcow2`
    const target = join(path, 'Data', drive.ImageName)
    if (wanted.source === null) execFileSync('qemu-img', ['create', '-q', '-f', 'qcow2', target, `${wanted.sizeMib}M`])
    else execFileSync('qemu-img', ['convert', '-O', 'qcow2', wanted.source, target])
  }

  function networksOf(networks, records) {
    return records.map(({ index, mode, portForwards }) => {
      const old =
        index === undefined ? { Hardware: 'virtio-net-pci', MacAddress: '0A:0B:0C:01:02:03' } : networks[index]
      require(old !== undefined, `Index ${index} cannot be found.`)
      const name = mode.enumerator.replace(/^./, (letter) => letter.toUpperCase())
      const PortForward = (portForwards ?? []).map(({ protocol, hostAddress, hostPort, guestPort }) => ({
        Protocol: protocol.enumerator,
        ...(hostAddress === '' ? {} : { HostAddress: hostAddress }),
        HostPort: hostPort,
        GuestPort: guestPort,
      }))
      return { ...old, IsolateFromHost: false, Mode: name, PortForward }
    })
  }
}

const newImages = new Map()
const discs = new Map()

/** What UTM makes of a new machine before its script's wishes are read. */
function blankConfig({ architecture, hypervisor }) {
  return {
    Backend: 'QEMU',
    ConfigurationVersion: 4,
    Information: { Icon: 'linux', IconCustom: false, Name: '', UUID: randomUUID().toUpperCase() },
    System: {
      Architecture: architecture,
      Target: 'q35',
      CPU: 'default',
      CPUCount: 0,
      MemorySize: 512,
      ForceMulticore: false,
      JITCacheSize: 0,
      CPUFlagsAdd: [],
      CPUFlagsRemove: [],
    },
    QEMU: { UEFIBoot: true, Hypervisor: hypervisor ?? true, DebugLog: false, AdditionalArguments: [] },
    Input: {},
    Sharing: {},
    Display: [],
    Drive: [],
    Network: [
      {
        Hardware: 'virtio-net-pci',
        IsolateFromHost: false,
        MacAddress: '0A:0B:0C:01:02:03',
        Mode: 'Shared',
        PortForward: [],
      },
    ],
    Serial: [{ Mode: 'Ptty', Target: 'Auto' }],
    Sound: [],
  }
}
