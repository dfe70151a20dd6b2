import { csvField } from './commands.ts'
import { type Fields, fieldsOf, listOf, numberOf, textMapOf, textOf, textsOf } from './json.ts'

const defaultShmBytes = 67_108_864

/** Fields of HostConfig that are one number or word and one option, when they are set. */
const plainFlags: readonly (readonly [field: string, flag: string])[] = [
  ['CpuShares', '--cpu-shares'],
  ['CpuPeriod', '--cpu-period'],
  ['CpuQuota', '--cpu-quota'],
  ['CpuRealtimePeriod', '--cpu-rt-period'],
  ['CpuRealtimeRuntime', '--cpu-rt-runtime'],
  ['CpusetCpus', '--cpuset-cpus'],
  ['CpusetMems', '--cpuset-mems'],
  ['Memory', '--memory'],
  ['MemoryReservation', '--memory-reservation'],
  ['PidsLimit', '--pids-limit'],
  ['BlkioWeight', '--blkio-weight'],
  ['OomScoreAdj', '--oom-score-adj'],
  ['CgroupParent', '--cgroup-parent'],
  ['Isolation', '--isolation'],
]

const deviceRates: readonly (readonly [field: string, flag: string])[] = [
  ['BlkioWeightDevice', '--blkio-weight-device'],
  ['BlkioDeviceReadBps', '--device-read-bps'],
  ['BlkioDeviceWriteBps', '--device-write-bps'],
  ['BlkioDeviceReadIOps', '--device-read-iops'],
  ['BlkioDeviceWriteIOps', '--device-write-iops'],
]

/** Limits and devices of HostConfig as options. */
export function limitFlags(host: Fields): readonly string[] {
  const plain = plainFlags.flatMap(([field, flag]) => {
    const value = host[field]
    const text = typeof value === 'number' ? (value === 0 ? '' : String(value)) : textOf(value)
    return text === '' ? [] : [flag, text]
  })
  return [...plain, ...cpuFlags(host), ...memoryFlags(host), ...deviceFlags(host)]
}

function cpuFlags(host: Fields): readonly string[] {
  const nano = numberOf(host['NanoCpus'])
  return nano > 0 ? ['--cpus', String(nano / 1e9)] : []
}

function memoryFlags(host: Fields): readonly string[] {
  const memory = numberOf(host['Memory'])
  const swap = numberOf(host['MemorySwap'])
  const swappiness = host['MemorySwappiness']
  const shm = numberOf(host['ShmSize'])
  const runtime = textOf(host['Runtime'])
  return [
    // Twice the memory is what the engine takes by itself.
    ...(swap !== 0 && swap !== memory * 2 ? ['--memory-swap', String(swap)] : []),
    ...(typeof swappiness === 'number' && swappiness >= 0 ? ['--memory-swappiness', String(swappiness)] : []),
    ...(host['OomKillDisable'] === true ? ['--oom-kill-disable'] : []),
    ...(shm !== 0 && shm !== defaultShmBytes ? ['--shm-size', String(shm)] : []),
    // Podman writes `oci` for whatever its own runtime is.
    ...(runtime === '' || runtime === 'runc' || runtime === 'oci' ? [] : ['--runtime', runtime]),
  ]
}

function deviceFlags(host: Fields): readonly string[] {
  const devices = listOf(host['Devices']).map((item) => {
    const device = fieldsOf(item)
    return ['PathOnHost', 'PathInContainer', 'CgroupPermissions'].map((name) => textOf(device[name])).join(':')
  })
  const ulimits = listOf(host['Ulimits']).map((item) => {
    const limit = fieldsOf(item)
    const name = textOf(limit['Name'])
      .replace(/^RLIMIT_/, '')
      .toLowerCase()
    return `${name}=${numberOf(limit['Soft'])}:${numberOf(limit['Hard'])}`
  })
  return [
    ...devices.flatMap((device) => ['--device', device]),
    ...textsOf(host['DeviceCgroupRules']).flatMap((rule) => ['--device-cgroup-rule', rule]),
    ...listOf(host['DeviceRequests']).flatMap((item) => requestFlags(fieldsOf(item))),
    ...deviceRates.flatMap(([field, flag]) =>
      listOf(host[field]).flatMap((item) => {
        const rate = fieldsOf(item)
        return [flag, `${textOf(rate['Path'])}:${numberOf(rate['Rate']) || numberOf(rate['Weight'])}`]
      }),
    ),
    ...ulimits.flatMap((limit) => ['--ulimit', limit]),
    ...Object.entries(textMapOf(host['StorageOpt'])).flatMap(([name, value]) => ['--storage-opt', `${name}=${value}`]),
  ]
}

/** A device named by its vendor is a request as well, as are graphics processors: one line of CSV. */
function requestFlags(request: Fields): readonly string[] {
  const ids = textsOf(request['DeviceIDs'])
  const driver = textOf(request['Driver'])
  if (driver === 'cdi') return ids.flatMap((id) => ['--device', id])
  const count = numberOf(request['Count'])
  const capabilities = textsOf(listOf(request['Capabilities'])[0]).filter((word) => word !== 'gpu')
  const options = Object.entries(textMapOf(request['Options'])).map(([name, value]) => `${name}=${value}`)
  const isPlain = driver === '' && capabilities.length === 0 && options.length === 0
  if (isPlain && ids.length === 0) return ['--gpus', count < 0 ? 'all' : String(count)]
  const fields = [
    ...(ids.length === 0 ? [`count=${count < 0 ? 'all' : count}`] : [`device=${ids.join(',')}`]),
    ...(driver === '' ? [] : [`driver=${driver}`]),
    ...(capabilities.length === 0 ? [] : [`capabilities=${capabilities.join(',')}`]),
    ...(options.length === 0 ? [] : [`options=${options.join(',')}`]),
  ]
  return ['--gpus', fields.map(csvField).join(',')]
}
