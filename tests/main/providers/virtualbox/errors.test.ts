import { describe, expect, it } from 'vitest'
import { errorRows, manageFailure } from '../../../../main/providers/virtualbox/errors.ts'
import { recording } from './recordings.ts'

/** Recording, code, sentence and what is filled into it. */
const rows: readonly (readonly [string, string, string, Readonly<Record<string, string>>?])[] = [
  ['locale-C-notfound', 'unsupported', 'virtualbox.error.locale'],
  [
    'startvm-missing-hdd',
    'not-found',
    'virtualbox.error.mediumMissing',
    { path: '/home/demo/VirtualBox VMs/Run VM/run.vdi' },
  ],
  ['startvm-missing-iso', 'not-found', 'virtualbox.error.mediumMissing', { path: '/home/demo/iso/gone.iso' }],
  ['storageattach-missing-file', 'not-found', 'virtualbox.error.mediumMissing', { path: '/home/demo/nosuch.iso' }],
  ['startvm-bridged-missing', 'not-found', 'virtualbox.error.interface', { name: 'nosuch0' }],
  ['startvm-uart-baddir', 'not-found', 'virtualbox.error.serialSocket', { path: '/nonexistent/dir/x.sock' }],
  ['run-startvm-medium-locked', 'in-use', 'virtualbox.error.mediumLocked'],
  ['run-clonevm-running', 'in-use', 'virtualbox.error.mediumLocked'],
  ['run-export-running', 'in-use', 'virtualbox.error.mediumLocked'],
  ['startvm-notfound', 'not-found', 'error.machineGone'],
  ['startvm-service-ended', 'tool-failed', 'virtualbox.error.serviceEnded'],
  ['modifyvm-service-gone', 'tool-failed', 'virtualbox.error.serviceEnded'],
  ['startvm-inaccessible', 'output-unreadable', 'virtualbox.error.inaccessible'],
  ['registervm-missing', 'output-unreadable', 'virtualbox.error.inaccessible'],
  ['createvm-dup', 'already-exists', 'virtualbox.error.nameInUse'],
  ['modifyvm-rename-dup', 'already-exists', 'virtualbox.error.nameInUse'],
  ['registervm-again', 'already-exists', 'virtualbox.error.sameUuid'],
  ['createmedium-exists', 'already-exists', 'virtualbox.error.fileExists'],
  ['createmedium-noperm', 'permission', 'virtualbox.error.permission'],
  ['modifyvm-memory-zero', 'invalid-input', 'virtualbox.error.memory', { min: '4', max: '2097152' }],
  ['modifyvm-cpus-1000', 'invalid-input', 'virtualbox.error.cpus', { min: '1', max: '64' }],
  ['modifyvm-natpf-dup', 'already-exists', 'virtualbox.error.forwardTwice'],
  ['modifymedium-shrink', 'unsupported', 'virtualbox.error.shrink'],
  ['snapshot-delete-multi-children', 'in-use', 'virtualbox.error.snapshotChildren', { count: '2' }],
  ['snapshot-delete-missing', 'not-found', 'virtualbox.error.snapshotGone'],
  ['closemedium-in-use', 'in-use', 'virtualbox.error.mediumAttached'],
  ['snapshot-take-shared-disk', 'in-use', 'virtualbox.error.mediumShared'],
  ['startvm-other-disk', 'wrong-state', 'virtualbox.error.otherMedium', { path: '/tmp/vms-ovf/elsewhere/other.vdi' }],
  ['storageattach-garbage-file', 'invalid-input', 'virtualbox.error.mediumFormat'],
  ['import-garbage', 'invalid-input', 'virtualbox.error.appliance'],
  ['off-controlvm-acpi', 'wrong-state', 'virtualbox.error.state'],
  ['off-discardstate', 'wrong-state', 'virtualbox.error.state'],
  ['run-controlvm-pause-again', 'wrong-state', 'virtualbox.error.state'],
  ['run-snapshot-restore-locked', 'wrong-state', 'virtualbox.error.state'],
  ['abortedsaved-modifyvm', 'wrong-state', 'virtualbox.error.state'],
  ['startvm-gui-missing', 'unsupported', 'virtualbox.error.noFrontEnd'],
  ['startvm-no-driver', 'tool-failed', 'virtualbox.error.startAborted'],
  ['startvm-saved-state-gone', 'tool-failed', 'virtualbox.error.startAborted'],
  ['startvm-already-running', 'busy', 'virtualbox.error.locked'],
  ['run-modifyvm-locked', 'busy', 'virtualbox.error.locked'],
  ['run-unregistervm-locked', 'busy', 'virtualbox.error.locked'],
  ['unregistervm-inaccessible-delete', 'busy', 'virtualbox.error.locked'],
]

describe('what VBoxManage says when it fails', () => {
  it.for(rows)('%s is %s: %s', ([name, code, key, params]) => {
    const { error } = manageFailure(recording(name))
    expect(error).toMatchObject({ code, message: { key } })
    if (params !== undefined) expect(error.message.params).toMatchObject(params)
  })

  it('keeps its own words where no row knows them', () => {
    const { error } = manageFailure(recording('storagectl-dup'))
    expect(error).toMatchObject({
      code: 'tool-failed',
      message: { key: 'error.toolSays', params: { said: "Storage controller named 'SATA' already exists" } },
    })
  })

  it('shows the line that says why behind a headline that only says what was tried', () => {
    expect(manageFailure(recording('import-no-format')).error.message.params?.['said']).toBe(
      "Appliance read failed: Error reading \"/tmp/vms-ovf/no-format.ovf\": missing or invalid attribute 'format' in 'DiskSection' element, line 4",
    )
    expect(manageFailure(recording('hostonlyif-create')).error.message.params?.['said']).toMatch(
      /^Failed to create the host-only adapter: .*No such file or directory$/,
    )
  })

  /** `include/VBox/err.h` and the texts beside it: no machine here has the hardware to say so. */
  it.for([
    ['VT-x is being used by another hypervisor (VERR_VMX_IN_VMX_ROOT_MODE)', 'virtualbox.error.vtxInUse'],
    ['AMD-V is being used by another hypervisor (VERR_SVM_IN_USE)', 'virtualbox.error.vtxInUse'],
    ['VT-x is not available (VERR_VMX_NO_VMX)', 'virtualbox.error.vtxOff'],
    ['VT-x is disabled in the BIOS for all CPU modes (VERR_VMX_MSR_ALL_VMX_DISABLED)', 'virtualbox.error.vtxOff'],
    ['The support driver is not installed (VERR_VM_DRIVER_NOT_INSTALLED)', 'virtualbox.error.noDriver'],
    ['The support driver is not accessible (VERR_VM_DRIVER_NOT_ACCESSIBLE)', 'virtualbox.error.driverDenied'],
  ])('reads “%s”', ([said = '', key]) => {
    const result = { ...recording('startvm-no-driver'), stderr: `VBoxManage: error: ${said}\n` }
    expect(manageFailure(result).error.message.key).toBe(key)
  })

  it('has a recording, or its source, for every row', () => {
    const tested = new Set(rows.map(([, , key]) => key))
    const fromSource = /vtx|noDriver|driverDenied|noSpace/
    for (const { message } of errorRows) expect(tested.has(message) || fromSource.test(message), message).toBe(true)
  })
})
