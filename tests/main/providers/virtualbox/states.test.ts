import { expect, it } from 'vitest'
import { write } from '../../../../app/messages/write.ts'
import { knownWords, meaningOf, wordOf } from '../../../../main/providers/virtualbox/states.ts'

/** `stringifyMachineState` as the log has it, and `machineStateToName` as `showvminfo` prints it: VirtualBox 7.2. */
const words = [
  ['PoweredOff', 'powered off', 'poweroff'],
  ['Saved', 'saved', 'saved'],
  ['Teleported', 'teleported', 'teleported'],
  ['Aborted', 'aborted', 'aborted'],
  ['AbortedSaved', 'aborted-saved', 'aborted-saved'],
  ['Running', 'running', 'running'],
  ['Paused', 'paused', 'paused'],
  ['GuruMeditation', 'guru meditation', 'gurumeditation'],
  ['Teleporting', 'teleporting', 'teleporting'],
  ['LiveSnapshotting', 'live snapshotting', 'livesnapshotting'],
  ['Starting', 'starting', 'starting'],
  ['Stopping', 'stopping', 'stopping'],
  ['Saving', 'saving', 'saving'],
  ['Restoring', 'restoring', 'restoring'],
  ['TeleportingPausedVM', 'teleporting paused vm', 'teleportingpausedvm'],
  ['TeleportingIn', 'teleporting (incoming)', 'teleportingin'],
  ['DeletingSnapshotOnline', 'deleting snapshot live', 'deletingsnapshotlive'],
  ['DeletingSnapshotPaused', 'deleting snapshot live paused', 'deletingsnapshotlivepaused'],
  ['OnlineSnapshotting', 'online snapshotting', 'onlinesnapshotting'],
  ['RestoringSnapshot', 'restoring snapshot', 'restoringsnapshot'],
  ['DeletingSnapshot', 'deleting snapshot', 'deletingsnapshot'],
  ['SettingUp', 'setting up', 'settingup'],
  ['Snapshotting', 'offline snapshotting', 'snapshotting'],
] as const

it.for(words)('calls %s and “%s” %s', ([log, person, word]) => {
  expect(wordOf(log)).toBe(word)
  expect(wordOf(person)).toBe(word)
  expect(knownWords).toContain(word)
  expect(meaningOf(word).state).not.toBe('unknown')
})

it('keeps a word it does not know as unknown', () => {
  expect(meaningOf('dreaming').state).toBe('unknown')
  expect(meaningOf('toString').state).toBe('unknown')
})

it('writes every remark in both languages', () => {
  for (const word of knownWords) {
    const { remark } = meaningOf(word)
    if (remark === null) continue
    for (const locale of ['en', 'ko'] as const) expect(write(remark, locale)).not.toBe(remark.key)
  }
})
