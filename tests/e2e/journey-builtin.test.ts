import { describeMachineJourney } from './journey-machine.ts'

describeMachineJourney({
  name: 'built-in',
  card: /^Built-in/,
  ready: async () => ({ image: null, leave: async () => [] }),
})
