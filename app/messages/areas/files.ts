import type { Message } from '../text.ts'

/** The dialog that chooses a file or a folder. */
export const filesEn = {
  'files.title.disk-image': 'Choose a disk image',
  'files.title.iso': 'Choose an ISO',
  'files.title.settings-file': 'Choose a settings file',
  'files.title.bios': 'Choose a BIOS file',
  'files.title.machine-file': 'Choose a machine file',
  'files.title.folder': 'Choose a folder',
  'files.title.any': 'Choose a file',
  'files.title.tool': 'Choose a program',
  'files.up': 'Parent folder',
  'files.path': 'Folder',
  'files.empty': 'No matching files.',
  'files.choose': 'Choose',
  'files.openFirst': 'Press Enter to open the typed folder first.',
  'files.failed': 'Couldn’t open this folder',
  'files.home': 'Go to the home folder',
  'files.top': 'This is the top folder.',
} as const

export const filesKo: Record<keyof typeof filesEn, Message> = {
  'files.title.disk-image': '디스크 이미지 선택',
  'files.title.iso': 'ISO 선택',
  'files.title.settings-file': '설정 파일 선택',
  'files.title.bios': 'BIOS 파일 선택',
  'files.title.machine-file': '머신 파일 선택',
  'files.title.folder': '폴더 선택',
  'files.title.any': '파일 선택',
  'files.title.tool': '프로그램 선택',
  'files.up': '상위 폴더',
  'files.path': '폴더',
  'files.empty': '일치하는 파일이 없습니다.',
  'files.choose': '선택',
  'files.openFirst': '먼저 Enter를 눌러 입력한 폴더를 여세요.',
  'files.failed': '폴더를 열지 못했습니다',
  'files.home': '홈 폴더로 이동',
  'files.top': '최상위 폴더입니다.',
}
