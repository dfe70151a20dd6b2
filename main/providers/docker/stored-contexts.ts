import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fieldsOf, readJson, textOf } from './json.ts'
import type { Context } from './parse.ts'

/** Digits of a broken context's folder, a hash of the name that cannot be told, which stand for it. */
const shownDigits = 12

/**
 * The contexts as docker keeps them, for where it lists none of them because one file cannot be read: each that can be read goes on,
 * and the others are named with their file.
 */
export async function readStoredContexts(
  folder: string,
  { env, platform }: { readonly env: NodeJS.ProcessEnv; readonly platform: NodeJS.Platform },
): Promise<readonly Context[]> {
  const meta = join(folder, 'contexts', 'meta')
  const [names, config] = await Promise.all([
    readdir(meta).catch(() => []),
    readFile(join(folder, 'config.json'), 'utf8').catch(() => ''),
  ])
  const stored = await Promise.all(names.map((name) => readContext(join(meta, name, 'meta.json'), name)))
  const host = env['DOCKER_HOST'] ?? ''
  const chosen = env['DOCKER_CONTEXT'] ?? textOf(fieldsOf(readJson(config))['currentContext'])
  // A host in the environment counts more than any context.
  const current = host !== '' || chosen === '' ? 'default' : chosen
  const ownSocket = platform === 'win32' ? 'npipe:////./pipe/docker_engine' : 'unix:///var/run/docker.sock'
  const own: Context = { name: 'default', endpoint: host || ownSocket, isCurrent: false, error: '' }
  return [own, ...stored].map((context) => ({ ...context, isCurrent: context.name === current }))
}

async function readContext(path: string, folderName: string): Promise<Context> {
  const fields = fieldsOf(readJson(await readFile(path, 'utf8').catch(() => '')))
  const name = textOf(fields['Name'])
  const endpoint = textOf(fieldsOf(fieldsOf(fields['Endpoints'])['docker'])['Host'])
  if (name !== '') return { name, endpoint, isCurrent: false, error: '' }
  return { name: folderName.slice(0, shownDigits), endpoint: '', isCurrent: false, error: path, brokenFile: path }
}
