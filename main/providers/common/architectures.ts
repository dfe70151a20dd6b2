/** This computer's architecture in QEMU's words. */
export function hostArchitecture(nodeArch: NodeJS.Architecture): string {
  const words: Partial<Record<NodeJS.Architecture, string>> = {
    x64: 'x86_64',
    ia32: 'i386',
    arm64: 'aarch64',
    ppc64: 'ppc64',
    s390x: 's390x',
    riscv64: 'riscv64',
    loong64: 'loongarch64',
  }
  return words[nodeArch] ?? nodeArch
}
