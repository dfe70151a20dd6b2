/** A system that a tool knows by a word of its own, such as `Debian12_64`. */
export interface OsType {
  readonly id: string
  /** As the tool calls it; not translated. */
  readonly label: string
  /** As in a new machine's `arch`; null when it says nothing about it. */
  readonly arch: string | null
}

/** Words of names and files, and what they stand for: the first of the types that exists counts. `$1`, `$2` are what was found. */
const rules: readonly (readonly [RegExp, readonly string[]])[] = [
  [/xubuntu/, ['Xubuntu']],
  [/lubuntu/, ['Lubuntu']],
  [/ubuntu\D{0,12}(\d\d)\.?04/, ['Ubuntu$1_LTS', 'Ubuntu$1', 'Ubuntu']],
  [/ubuntu\D{0,12}(\d\d)/, ['Ubuntu$1', 'Ubuntu$1_LTS', 'Ubuntu']],
  [/ubuntu|linux-?mint|pop-?os|elementary|zorin/, ['Ubuntu']],
  [/noble/, ['Ubuntu24_LTS', 'Ubuntu']],
  [/jammy/, ['Ubuntu22_LTS', 'Ubuntu']],
  [/debian\D{0,8}(\d{1,2})/, ['Debian$1', 'Debian']],
  [/trixie/, ['Debian13', 'Debian']],
  [/bookworm/, ['Debian12', 'Debian']],
  [/bullseye/, ['Debian11', 'Debian']],
  [/debian|kali|devuan|proxmox|raspios/, ['Debian']],
  [/fedora/, ['Fedora']],
  [/(?:rhel|red-?hat|centos|rocky|alma(?:linux)?)\D{0,10}(\d{1,2})/, ['RedHat$1', 'RedHat']],
  [/rhel|red-?hat|centos|rocky|alma/, ['RedHat']],
  [/(?:oracle|^ol)\D{0,8}(\d{1,2})/, ['Oracle$1', 'Oracle']],
  [/tumbleweed/, ['OpenSUSE_Tumbleweed', 'OpenSUSE']],
  [/leap/, ['OpenSUSE_Leap', 'OpenSUSE']],
  [/opensuse/, ['OpenSUSE']],
  [/sles?[-_ ]?\d|suse/, ['SUSE_LE', 'OpenSUSE']],
  [/archlinux|(?:^|\W)arch(?:\W|$)|manjaro|endeavouros/, ['ArchLinux']],
  [/gentoo/, ['Gentoo']],
  [/mageia/, ['Mageia']],
  [/free-?bsd|truenas|opnsense|pfsense/, ['FreeBSD']],
  [/open-?bsd/, ['OpenBSD']],
  [/net-?bsd/, ['NetBSD']],
  [/openindiana|illumos|omnios/, ['OpenSolaris']],
  [/solaris/, ['Solaris11']],
  [/win\w{0,12}[-_ ]?server\D{0,3}(20\d\d)|server[-_ ](20\d\d)/, ['Windows$1', 'Windows$2', 'WindowsNT']],
  [/win(?:dows)?[-_ ]?(11|10|81|8|7)/, ['Windows$1', 'WindowsNT']],
  [/win(?:dows)?[-_ ]?xp/, ['WindowsXP']],
  [/windows/, ['WindowsNT']],
  [/mac-?os|osx/, ['MacOS']],
  [/(?:free|ms)?-?dos/, ['DOS']],
  [/alpine|linux|nixos|void|slackware|talos|coreos|cirros|tinycore/, ['Linux']],
]

/**
 * The type that a machine's name and its file's name promise, on this architecture; when they promise none, the tool's word for
 * another system. null only when the tool has no such word. A guess: the person can choose another.
 */
export function guessOsType(texts: readonly string[], arch: string, types: readonly OsType[]): OsType | null {
  const fit = types.filter((type) => type.arch === null || type.arch === arch)
  const stems = new Map(fit.map((type) => [stemOf(type.id), type]))
  for (const text of texts.map((one) => one.toLowerCase())) {
    for (const [pattern, candidates] of rules) {
      const match = pattern.exec(text)
      if (match === null) continue
      for (const candidate of candidates) {
        const found = stems.get(candidate.replace(/\$(\d)/g, (_hole, index) => match[Number(index)] ?? ''))
        if (found !== undefined) return found
      }
    }
  }
  return stems.get('Other') ?? fit[0] ?? null
}

function stemOf(id: string): string {
  return id.replace(/_(?:64|arm64)$/, '')
}
