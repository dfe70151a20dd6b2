import { describeMachineJourney, linux } from './journey-machine.ts'

describeMachineJourney({
  name: 'built-in',
  guest: linux,
  card: /^Built-in/,
  ready: async () => ({ image: null, leave: async () => [] }),
})
