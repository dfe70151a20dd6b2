// Which of the system's tools the tests have, and on a Debian family system, as root, getting the ones that are missing.
import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { ensureLaterCompose } from './later-compose.mjs'

/**
 * What each suite needs: packages by their Debian names, and how to tell that each is there. Where there is no such name to
 * look for, such as a library, what matters is that the dynamic linker knows it.
 */
const qemu = {
  'qemu-system-x86': () => onPath('qemu-system-x86_64'),
  'qemu-utils': () => onPath('qemu-img'),
  ovmf: () => ['/usr/share/OVMF', '/usr/share/ovmf', '/usr/share/edk2'].some(existsSync),
}
const docker = {
  iproute2: () => onPath('ip') || existsSync('/sbin/ip'),
  'docker.io': () => onPath('docker') && onPath('dockerd'),
  'busybox-static': () => existsSync('/bin/busybox'),
}
const window_ = {
  xvfb: () => onPath('Xvfb'),
  'libgtk-3-0': () => hasLibrary('libgtk-3.so.0'),
  libnss3: () => hasLibrary('libnss3.so'),
  libasound2: () => hasLibrary('libasound.so.2'),
  libgbm1: () => hasLibrary('libgbm.so.1'),
  'fonts-inter': () => hasFont('Inter'),
  'fonts-noto-cjk': () => hasFont('Noto Sans CJK KR'),
}
const browser = { chromium: () => onPath('chromium') || onPath('google-chrome') || onPath('chromium-browser') }
/** Debian has it in its unstable suite only, so that no package is got here: `.ci/run` may know a way. */
const virtualbox = { VirtualBox: () => onPath('VBoxManage') }
const needs = { qemu, docker, electron: window_, browser, virtualbox }
/** What is not got by a package manager. */
const byHand = ['VirtualBox']

/** Packages that are worth having and that no test waits for. */
const extras = {
  xfsprogs: () => onPath('mkfs.xfs') || existsSync('/sbin/mkfs.xfs'),
  podman: () => onPath('podman'),
  'docker-compose': () => onPath('docker-compose'),
  'qemu-system-arm': () => onPath('qemu-system-aarch64'),
}

/**
 * Gets what is missing where that is possible.
 * @returns for each group of tests the packages it still lacks; an empty list means that it can run.
 */
export function ensureTools(say) {
  const missing = [...new Set([...Object.values(needs).flatMap(lacking), ...lacking(extras)])].filter(
    (name) => !byHand.includes(name),
  )
  if (missing.length > 0) {
    if (isRoot() && isDebianFamily() && onPath('apt-get')) install(missing, say)
    else say(`tests that need these will be skipped: ${missing.join(' ')}\n  to get them: ${commandFor(missing)}`)
  }
  if (isRoot() && isDebianFamily()) ensureLaterCompose(say)
  const lacks = Object.fromEntries(Object.entries(needs).map(([group, packages]) => [group, lacking(packages)]))
  // A daemon of the tests' own cannot be started by anybody else.
  return isRoot() ? lacks : { ...lacks, docker: [...lacks.docker, 'root'] }
}

const lacking = (packages) => Object.keys(packages).filter((name) => !packages[name]())

function install(packages, say) {
  say(`installing system tools for the tests: ${packages.join(' ')}`)
  const apt = (...args) =>
    execFileSync('apt-get', ['-o', 'DPkg::Lock::Timeout=300', '-o', 'Acquire::Retries=3', '-qq', ...args], {
      // Nothing may ask, and nothing that is installed may start: dockerd is started by the tests that want it.
      env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive', RUNLEVEL: '1' },
      stdio: ['ignore', 'ignore', 'inherit'],
    })
  try {
    apt('update')
    apt('install', '-y', '--no-install-recommends', ...packages)
  } catch (error) {
    say(`apt-get could not install them (${error.message}); tests that need them will be skipped`)
  }
}

function commandFor(packages) {
  if (isDebianFamily()) return `sudo apt-get install ${packages.join(' ')}`
  if (process.platform === 'darwin') return 'brew install qemu docker; brew install --cask chromium'
  if (onPath('dnf'))
    return 'sudo dnf install qemu-kvm qemu-img edk2-ovmf moby-engine podman busybox xorg-x11-server-Xvfb gtk3 chromium'
  if (onPath('pacman')) return 'sudo pacman -S qemu-full edk2-ovmf docker podman busybox xorg-server-xvfb gtk3 chromium'
  return "install them with your system's package manager"
}

function isRoot() {
  return process.getuid?.() === 0
}

function isDebianFamily() {
  const about = existsSync('/etc/os-release') ? readFileSync('/etc/os-release', 'utf8') : ''
  return /^ID(_LIKE)?=.*\b(debian|ubuntu)\b/m.test(about)
}

function onPath(name) {
  return (process.env.PATH ?? '').split(delimiter).some((folder) => existsSync(join(folder, name)))
}

function said(file, ...args) {
  return spawnSync(file, args, { encoding: 'utf8' }).stdout ?? ''
}

function hasLibrary(name) {
  return process.platform === 'darwin' || said('/sbin/ldconfig', '-p').includes(`${name} `)
}

function hasFont(family) {
  return process.platform === 'darwin' || said('fc-list', family).trim() !== ''
}
