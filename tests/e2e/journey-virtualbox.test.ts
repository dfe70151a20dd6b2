import { openLab } from '../support/virtualbox-lab.ts'
import { describeMachineJourney, monitor } from './journey-machine.ts'

describeMachineJourney({
  name: 'VirtualBox',
  guest: monitor,
  card: /^VirtualBox/,
  async ready() {
    const lab = await openLab('journey')
    return { image: lab.guestDisk, leave: lab.leave }
  },
})
