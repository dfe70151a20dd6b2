import { type Dockerd, startDockerd } from '../support/dockerd.ts'

/** A daemon with this many containers, of which the first `running` run. */
export async function daemonWithContainers(count: number, running: number): Promise<Dockerd> {
  const dockerd = await startDockerd()
  try {
    await dockerd.importBusybox()
    const numbers = Array.from({ length: count }, (_, index) => index)
    const makeNext = async (): Promise<void> => {
      for (let number = numbers.shift(); number !== undefined; number = numbers.shift()) {
        const verb = number < running ? ['run', '--detach'] : ['create']
        const name = `box-${String(number).padStart(3, '0')}`
        const about = ['--name', name, '--label', 'made.for=bench', '--env', `NUMBER=${number}`]
        await dockerd.docker(...verb, ...about, 'local/busybox:1', 'sleep', '1000000')
      }
    }
    await Promise.all([makeNext(), makeNext(), makeNext()])
    return dockerd
  } catch (error) {
    await dockerd.close()
    throw error
  }
}
