import type { Message } from '../text.ts'

/** The settings form of a machine. */
export const machineSettingsEn = {
  'settings.field.cpus': 'Processor',
  'settings.field.memoryBytes': 'Memory',
  'settings.field.diskBytes': 'Disk',
  'settings.field.isoPath': 'CD/DVD (ISO)',
  'settings.field.network': 'Network',
  'settings.field.graphics': 'Graphics',
  'settings.field.restart': 'Restart',
  'settings.field.serialConsole': 'Console',
  'settings.field.ownWindow': 'Window',
  'settings.ownWindow': 'Start in a separate window',
  'settings.ownWindow.hint': 'Otherwise the machine starts without a window. Berth can show the screen either way.',
  'settings.field.sharedFolder': 'Shared folder',
  'settings.field.liveScreen': 'Screen',
  'settings.liveScreen': 'Show the live screen, with the pointer',
  'settings.liveScreen.hint':
    'Uses VirtualBox’s VNC extension while the screen is open. The VM pauses briefly when you open or close it. When off, the screen is shown as still pictures.',

  'settings.machine.stopFirst': 'Shut down the machine to change these settings: {fields}.',
  'settings.machine.shutDownFirst': 'Shut down first',
  'settings.machine.none': 'This machine has no editable settings.',
  'settings.machine.save': 'Save',
  'settings.machine.revert': 'Revert',
  'settings.machine.saved': 'No changes',
  'settings.machine.changed': { one: '{count} unsaved change', other: '{count} unsaved changes' },
  'settings.machine.noLimit': 'No limit',
  'settings.machine.grows': 'Disks can only be enlarged.',
  'settings.machine.failed': 'Couldn’t read the settings of {name}',
} as const

export const machineSettingsKo: Record<keyof typeof machineSettingsEn, Message> = {
  'settings.field.cpus': '프로세서',
  'settings.field.memoryBytes': '메모리',
  'settings.field.diskBytes': '디스크',
  'settings.field.isoPath': '광학 디스크(ISO)',
  'settings.field.network': '네트워크',
  'settings.field.graphics': '그래픽',
  'settings.field.restart': '재시작',
  'settings.field.serialConsole': '콘솔',
  'settings.field.ownWindow': '창',
  'settings.ownWindow': '별도의 창에서 시작',
  'settings.ownWindow.hint': '끄면 창 없이 시작합니다. 어느 쪽이든 Berth에서 화면을 볼 수 있습니다.',
  'settings.field.sharedFolder': '공유 폴더',
  'settings.field.liveScreen': '화면',
  'settings.liveScreen': '포인터와 함께 실시간 화면 표시',
  'settings.liveScreen.hint':
    '화면을 보는 동안 VirtualBox VNC 확장을 사용합니다. 열고 닫을 때 머신이 잠시 멈춥니다. 끄면 화면을 정지 화상으로 표시합니다.',

  'settings.machine.stopFirst': '다음 설정을 변경하려면 머신을 종료하세요: {fields}.',
  'settings.machine.shutDownFirst': '종료 후 변경',
  'settings.machine.none': '이 머신에는 변경할 수 있는 설정이 없습니다.',
  'settings.machine.save': '저장',
  'settings.machine.revert': '되돌리기',
  'settings.machine.saved': '변경 사항 없음',
  'settings.machine.changed': '저장하지 않은 변경 {count}개',
  'settings.machine.noLimit': '제한 없음',
  'settings.machine.grows': '디스크 크기는 늘릴 수만 있습니다.',
  'settings.machine.failed': '‘{name}’ 머신의 설정을 읽지 못했습니다',
}
