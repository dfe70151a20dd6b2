import type { Endpoint } from '../../../app/domain/provider.ts'

const tools: Readonly<Record<string, string>> = {
  qemu: 'qemu-system-x86_64',
  docker: 'docker',
  virtualbox: 'VBoxManage',
}

/** The program whose place a person would say: the one its error names, else the provider's usual one. */
export function toolOf(endpoint: Endpoint): string {
  const named = endpoint.error?.message.params?.['tool']
  if (typeof named === 'string' && /^[\w.-]+$/.test(named)) return named
  return tools[endpoint.providerId] ?? endpoint.providerId
}
