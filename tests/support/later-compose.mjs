// Compose 2 beside the 1.29 of an older Debian: the next release's package, unpacked into .cache and not installed.
import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const folder = join(import.meta.dirname, '../../.cache/compose')
const plugin = 'libexec/docker/cli-plugins/docker-compose'
const nextRelease = { bookworm: 'trixie' }

/** Tests that want compose 2 are skipped where it cannot be had. */
export function ensureLaterCompose(say) {
  if (existsSync(join(folder, 'usr', plugin)) || existsSync(join('/usr', plugin))) return
  const own = /^VERSION_CODENAME=(\w+)$/m.exec(readFileSync('/etc/os-release', 'utf8'))?.[1]
  const next = nextRelease[own]
  if (next === undefined) return
  say(`fetching compose 2 of ${next} for the tests`)
  const work = `${folder}.${process.pid}`
  try {
    for (const name of ['lists/partial', 'root']) mkdirSync(join(work, name), { recursive: true })
    const sites = execFileSync('apt-get', ['indextargets', '--format', '$(SITE)', 'Created-By: Packages'])
    const site = sites
      .toString()
      .split('\n')
      .find((line) => line !== '' && !line.includes('security'))
    writeFileSync(join(work, 'sources.list'), `deb ${site} ${next} main\n`)
    const apt = (...args) =>
      execFileSync(
        'apt-get',
        [
          ...['-qq', '-o', `Dir::Etc::SourceList=${join(work, 'sources.list')}`, '-o', 'Dir::Etc::SourceParts=-'],
          ...['-o', `Dir::State::Lists=${join(work, 'lists')}`, '-o', 'Dir::Cache::pkgcache='],
          ...['-o', 'Dir::Cache::srcpkgcache=', '-o', 'APT::Sandbox::User=root', ...args],
        ],
        { cwd: work, stdio: 'ignore', timeout: 120_000 },
      )
    apt('update')
    apt('download', 'docker-compose')
    const archive = readdirSync(work).find((name) => name.endsWith('.deb'))
    execFileSync('dpkg', ['-x', join(work, archive), join(work, 'root')])
    rmSync(folder, { recursive: true, force: true })
    renameSync(join(work, 'root'), folder)
  } catch (error) {
    say(`compose 2 could not be fetched (${error.message})`)
  } finally {
    rmSync(work, { recursive: true, force: true })
  }
}
