import { randomUUID } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { build, buildBinary, parse } from 'plist'

/** The app's list of machines, their configurations and its registry, kept as UTM keeps them. */

/** Changes of the registry are written together, a second after the first. */
const registryMs = 1_000

/** A configuration of the time before version 4, as UTM reads it now. It is written anew when it is saved. */
function modern(path, config) {
  if (!(config.ConfigurationVersion < 4)) return config
  const { Architecture = 'x86_64', Target = 'q35', CPUCount = 0, Memory = 512 } = config.System ?? {}
  return {
    Backend: 'QEMU',
    ConfigurationVersion: 4,
    Information: { Name: basename(path, '.utm'), UUID: randomUUID().toUpperCase(), IconCustom: false },
    System: { Architecture, Target, CPUCount, MemorySize: Memory },
    QEMU: { UEFIBoot: false, Hypervisor: false },
    Drive: (config.Drives ?? []).map(({ ImagePath }) => ({
      Identifier: randomUUID().toUpperCase(),
      ImageName: ImagePath,
      ImageType: 'Disk',
      Interface: 'VirtIO',
      ReadOnly: false,
    })),
    Network: [],
    Serial: [],
  }
}

export function createLibrary(world) {
  const data = join(world.home, 'Library/Containers/com.utmapp.UTM/Data')
  const documents = join(data, 'Documents')
  const preferences = join(data, 'Library/Preferences/com.utmapp.UTM.plist')
  mkdirSync(documents, { recursive: true })
  mkdirSync(dirname(preferences), { recursive: true })
  const registry = existsSync(preferences) ? parse(new Uint8Array(readFileSync(preferences))).Registry : {}
  const machines = []
  let timer = null

  const write = () => {
    timer = null
    writeFileSync(`${preferences}.new`, buildBinary({ Registry: registry, LastVersion: '5.0.3' }))
    renameSync(`${preferences}.new`, preferences)
  }
  const remember = () => {
    timer ??= setTimeout(write, registryMs)
  }

  const load = (path) => {
    const bytes = readFileSync(join(path, 'config.plist'))
    const isBinary = bytes.subarray(0, 8).toString('latin1') === 'bplist00'
    const config = modern(path, parse(isBinary ? new Uint8Array(bytes) : bytes.toString('utf8')))
    const { UUID } = config.Information
    const machine = { path, config, status: 'stopped', qemu: null, pty: new Map() }
    if (machines.some((other) => other.config.Information.UUID === UUID)) renumber(machine)
    registry[config.Information.UUID] ??= {
      Name: config.Information.Name,
      Package: { Path: path, Bookmark: new Uint8Array(), ReadOnly: false },
      UUID: config.Information.UUID,
      Suspended: false,
      ExternalDrives: {},
      SharedDirectories: [],
    }
    registry[config.Information.UUID].Package.Path = path
    machines.push(machine)
    remember()
    return machine
  }

  const renumber = (machine) => {
    machine.config.Information.UUID = randomUUID().toUpperCase()
    save(machine)
  }

  const save = (machine) => {
    mkdirSync(join(machine.path, 'Data'), { recursive: true })
    writeFileSync(join(machine.path, 'config.plist'), build(machine.config))
  }

  const library = {
    world,
    documents,
    machines,
    registryOf: (machine) => registry[machine.config.Information.UUID],
    remember,
    load,
    save,
    renumber,
    /** Where a bundle of this name goes: what a path cannot hold is replaced. */
    pathFor: (name) => join(documents, `${name.replaceAll(/[,/:\\?%*|"<>]/g, '-')}.utm`),
    forget(machine) {
      machines.splice(machines.indexOf(machine), 1)
      delete registry[machine.config.Information.UUID]
      remember()
    },
    async quit() {
      for (const { qemu } of machines) qemu?.kill()
      if (timer !== null) clearTimeout(timer)
      write()
    },
  }

  // A bundle whose configuration it can't read is passed over, and so is what is hidden.
  for (const name of readdirSync(documents)) {
    if (name.startsWith('.') || !name.endsWith('.utm')) continue
    try {
      load(join(documents, name))
    } catch {
      process.stderr.write(`cannot load ${name}\n`)
    }
  }
  return library
}
