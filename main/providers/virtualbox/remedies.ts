import { existsSync } from 'node:fs'
import type { Remedy } from '../../../app/domain/provider.ts'

const downloadUrl = 'https://www.virtualbox.org/wiki/Downloads'

/** Package managers by where they are, and how each gets VirtualBox and its kernel driver. */
const linux: readonly { readonly path: string; readonly install: string; readonly driver: readonly string[] }[] = [
  {
    path: '/usr/bin/apt-get',
    install: 'sudo apt install virtualbox',
    driver: ['sudo apt install virtualbox-dkms "linux-headers-$(uname -r)"', 'sudo modprobe vboxdrv'],
  },
  {
    path: '/usr/bin/dnf',
    install: 'sudo dnf install VirtualBox',
    driver: ['sudo dnf install akmod-VirtualBox', 'sudo akmods', 'sudo modprobe vboxdrv'],
  },
  {
    path: '/usr/bin/pacman',
    install: 'sudo pacman -S virtualbox virtualbox-host-dkms',
    driver: ['sudo pacman -S virtualbox-host-dkms linux-headers', 'sudo modprobe vboxdrv'],
  },
  {
    path: '/usr/bin/zypper',
    install: 'sudo zypper install virtualbox',
    driver: ['sudo zypper install virtualbox-kmp-default', 'sudo modprobe vboxdrv'],
  },
]

/** The way out of what keeps VirtualBox from working. */
export function remediesFor(
  what: 'missing' | 'driver' | 'locale',
  platform: NodeJS.Platform,
  exists: (path: string) => boolean = existsSync,
): readonly Remedy[] {
  const manager = platform === 'linux' ? linux.find(({ path }) => exists(path)) : undefined
  if (what === 'locale') {
    const commands =
      manager?.path === '/usr/bin/apt-get'
        ? ['sudo apt install locales', 'sudo locale-gen en_US.UTF-8']
        : ['sudo localedef -i en_US -f UTF-8 en_US.UTF-8']
    return [{ title: { key: 'virtualbox.remedy.locale' }, commands, url: null }]
  }
  if (what === 'driver') {
    return [
      {
        title: { key: 'virtualbox.remedy.driver' },
        // What Oracle's own package brings along does the same for any distribution.
        commands: exists('/sbin/vboxconfig') ? ['sudo /sbin/vboxconfig'] : (manager?.driver ?? []),
        url: 'https://www.virtualbox.org/manual/topics/installation.html',
      },
    ]
  }
  const commands: Partial<Record<NodeJS.Platform, string>> = {
    darwin: 'brew install --cask virtualbox',
    win32: 'winget install Oracle.VirtualBox',
    ...(manager === undefined ? {} : { linux: manager.install }),
  }
  const command = commands[platform]
  return [
    { title: { key: 'virtualbox.remedy.install' }, commands: command === undefined ? [] : [command], url: downloadUrl },
  ]
}
