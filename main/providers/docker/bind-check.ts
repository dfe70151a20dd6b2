import { errorOf, failure } from '../../../app/domain/errors.ts'
import type { Host, Op } from '../provider.ts'
import * as commands from './commands.ts'
import { attempt, type Engine, run } from './engine.ts'
import { engineFailure } from './errors.ts'
import { type Fields, fieldsOf, listOf, textOf, textsOf } from './json.ts'

/** Nothing has this name: the engine mounts everything before it says so. */
const absentPath = '/.berth-absent'

/**
 * Refuses, by the engine's own word and with the path, a container that needs a folder or file of its host that is gone. `-v` would
 * make an empty folder there; `--mount` asks. The container made for the question has the name of the one that follows.
 */
export async function refuseLostBinds(
  host: Host,
  engine: Engine,
  raw: Fields,
  { image, name }: { readonly image: string; readonly name: string },
  op: Op,
): Promise<void> {
  const sources = bindSources(raw)
  // Podman asks by itself.
  if (sources.length === 0 || engine.flavour === 'podman') return
  const mounts = sources.map((source, index) =>
    commands.mountOption({ type: 'bind', source, target: `/berth-${index}`, readOnly: true }),
  )
  const flags = ['--network', 'none', ...mounts.flatMap((mount) => ['--mount', mount])]
  const said = await run(host, engine, commands.createLike(name, image, flags, ['true']), op)
  const whole: Op = { ...op, signal: new AbortController().signal }
  await run(host, engine, commands.removeByForce(said.trim().split('\n').at(-1) ?? ''), whole)
}

/**
 * Refuses a container whose folders and files cannot be mounted, such as a folder where a file was: to look for a path the engine
 * mounts everything, though nothing is started.
 */
export async function refuseUnmountable(
  host: Host,
  engine: Engine,
  containerId: string,
  raw: Fields,
  op: Op,
): Promise<void> {
  if (bindSources(raw).length === 0 || engine.flavour === 'podman') return
  const result = await attempt(host, engine, commands.copy('docker', `${containerId}:${absentPath}`, '-'), {
    ...op,
    // That nothing is found is the answer, and no failed command.
    record: () => {},
  })
  if (result.exitCode === 0) return
  const problem = engineFailure(result, engine.product)
  const { code, message, detail } = errorOf(problem)
  if (code === 'not-found' && message.key === 'docker.error.noPath') return
  if (code !== 'tool-failed') throw problem
  throw failure(
    'wrong-state',
    { key: 'docker.error.unmountable', params: { paths: bindSources(raw).join(', ') } },
    { hint: { key: 'docker.error.unmountable.hint' }, detail },
  )
}

/** As they were given: what `Mounts` says of them is, behind a virtual machine, another computer's path. */
export function bindSources(raw: Fields): readonly string[] {
  const host = fieldsOf(raw['HostConfig'])
  const binds = textsOf(host['Binds']).map((bind) => /^(?:[A-Za-z]:[\\/])?[^:]*/.exec(bind)?.[0] ?? '')
  const mounts = listOf(host['Mounts'])
    .map(fieldsOf)
    // What the engine is told to make may be missing.
    .filter((mount) => textOf(mount['Type']) === 'bind' && fieldsOf(mount['BindOptions'])['CreateMountpoint'] !== true)
    .map((mount) => textOf(mount['Source']))
  return [...new Set([...binds.filter((source) => /^(?:[A-Za-z]:)?[\\/]/.test(source)), ...mounts])]
}
