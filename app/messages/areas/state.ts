import type { Message } from '../text.ts'

/** What is said of Berth's own files when they cannot be read or written. */
export const stateEn = {
  'state.unreadable':
    'Berth can’t read the file {path} ({reason}). Berth doesn’t change the file until it is readable. Check the disk and the file’s permissions.',
  'state.damaged': {
    one: 'One part of the file {path} is damaged and was left out. A copy of the whole file was saved: {aside}',
    other:
      '{count} parts of the file {path} are damaged and were left out. A copy of the whole file was saved: {aside}',
  },
  'state.damagedWhole':
    'Nothing in the file {path} can be read because the file is damaged. Berth starts without its content. A copy was saved: {aside}',
  'state.newer':
    'A newer version of Berth wrote the file {path}. This version leaves the file unchanged and saves nothing in it. Install the newer version.',
  'state.error.unreadable': 'The change wasn’t saved because the file {path} can’t be read ({reason}).',
  'state.error.unreadable.hint': 'Check the disk and the file’s permissions. Then try again.',
  'state.error.newer': 'The change wasn’t saved because a newer version of Berth wrote the file {path}.',
  'state.error.newer.hint': 'Install the newer version of Berth.',
  'state.dismiss': 'Dismiss',
  'state.notices': 'Problems with Berth’s files',
} as const satisfies Record<string, Message>

export const stateKo: Record<keyof typeof stateEn, Message> = {
  'state.unreadable':
    '{path} 파일을 읽을 수 없습니다({reason}). 읽을 수 있을 때까지 Berth는 이 파일을 바꾸지 않습니다. 디스크와 파일 권한을 확인하세요.',
  'state.damaged': '{path} 파일에서 손상된 항목 {count}개를 제외했습니다. 전체 파일의 사본을 저장했습니다: {aside}',
  'state.damagedWhole':
    '{path} 파일이 손상되어 내용을 전혀 읽을 수 없습니다. Berth는 이 내용 없이 시작합니다. 파일의 사본을 저장했습니다: {aside}',
  'state.newer':
    '{path} 파일은 더 새로운 버전의 Berth가 저장했습니다. 이 버전은 파일을 바꾸지 않습니다. 새 버전을 설치하세요.',
  'state.error.unreadable': '{path} 파일을 읽을 수 없어 변경 내용을 저장하지 못했습니다({reason}).',
  'state.error.unreadable.hint': '디스크와 파일 권한을 확인한 뒤 다시 시도하세요.',
  'state.error.newer': '더 새로운 버전의 Berth가 저장한 파일이므로 변경 내용을 저장하지 못했습니다: {path}',
  'state.error.newer.hint': '새 버전의 Berth를 설치하세요.',
  'state.dismiss': '닫기',
  'state.notices': 'Berth 파일의 문제',
}
