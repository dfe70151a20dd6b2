/**
 * Everything a person can do to a machine. A verb's name is also the tail of its call (`machine.start`) and the key of
 * its label (`verb.start`), so one search finds all three.
 */
export const verbs = [
  'start',
  'shutDown',
  'powerOff',
  'reset',
  'restart',
  'pause',
  'resume',
  'suspend',
  'discardSuspended',
  'console',
  'terminal',
  'copyFiles',
  'runCommand',
  'snapshot',
  'restore',
  'undoRestore',
  'clone',
  'export',
  'locate',
  'rename',
  'configure',
  'remove',
] as const

export type Verb = (typeof verbs)[number]
