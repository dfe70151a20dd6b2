import { type Lab, missingVirtualBox, openLab } from '../support/virtualbox-lab.ts'

/**
 * A registry of VirtualBox with this many machines, of which the first three have a snapshot each. The environment of this process
 * is the lab's from then on.
 */
export async function labWithMachines(name: string, count: number): Promise<Lab> {
  if (missingVirtualBox !== null) throw new Error(missingVirtualBox)
  const lab = await openLab(name)
  const numbers = Array.from({ length: count }, (_, index) => index)
  for (const number of numbers) {
    const machine = `box ${String(number).padStart(3, '0')}`
    await lab.manage(
      'createvm',
      '--name',
      machine,
      '--register',
      '--ostype',
      'Debian_64',
      '--groups',
      `/g${number % 7}`,
    )
    if (number < 3) await lab.manage('snapshot', machine, 'take', `of ${machine}`)
  }
  return lab
}

/** What makes a program use the lab. */
export function environmentOf(lab: Lab): Readonly<Record<string, string>> {
  return { BERTH_VBOX_LAB: lab.name, VBOX_USER_HOME: lab.home }
}
