import { openLab } from '../support/virtualbox-lab.ts'
import { describeMachineJourney } from './journey-machine.ts'

describeMachineJourney({
  name: 'VirtualBox',
  card: /^VirtualBox/,
  async ready() {
    const lab = await openLab('journey')
    return { image: lab.guestDisk, leave: lab.leave }
  },
})
