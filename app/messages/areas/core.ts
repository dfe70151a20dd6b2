import type { Message } from '../text.ts'

/** What services and handlers say: tasks, inventory, settings, files. */
export const coreEn = {
  'settings.damaged': 'The settings could not be read and start anew. The old file is kept: {path}',
  'task.notCancellable': 'This step can’t be given up half-way. It ends by itself.',
  'task.gone': 'This task is not known any more.',
  'trash.gone': 'This is not in the trash any more.',
  'remove.typeName': 'Type the machine’s name as it is to remove it for good.',
  'remove.blocked': 'It can’t be removed now: {reasons}',
  'files.noDialog': 'There is no file dialog here: type the path or browse.',
  'files.noReveal': 'A browser can’t open a folder on this computer.',
  'files.notFound': 'There is nothing at this path.',
  'files.notFolder': 'This is not a folder.',
  'files.denied': 'This folder may not be read.',
  'link.refused': 'Only web addresses are opened.',
  'link.inBrowser': 'The browser opens this address itself.',
  'quit.unfinished': 'Not every machine is off or suspended yet, so Berth stays.',
} as const

export const coreKo: Record<keyof typeof coreEn, Message> = {
  'settings.damaged': '설정 파일을 읽을 수 없어 새로 시작합니다. 이전 파일은 그대로 있습니다: {path}',
  'task.notCancellable': '이 단계는 중간에 그만둘 수 없습니다. 곧 스스로 끝납니다.',
  'task.gone': '이 작업은 이제 알 수 없습니다.',
  'trash.gone': '이 항목은 이제 휴지통에 없습니다.',
  'remove.typeName': '완전히 삭제하려면 머신 이름을 그대로 입력하세요.',
  'remove.blocked': '지금은 삭제할 수 없습니다: {reasons}',
  'files.noDialog': '여기에는 파일 대화 상자가 없습니다. 경로를 입력하거나 찾아보세요.',
  'files.noReveal': '브라우저에서는 이 컴퓨터의 폴더를 열 수 없습니다.',
  'files.notFound': '이 경로에는 아무것도 없습니다.',
  'files.notFolder': '폴더가 아닙니다.',
  'files.denied': '이 폴더를 읽을 권한이 없습니다.',
  'link.refused': '웹 주소만 열 수 있습니다.',
  'link.inBrowser': '이 주소는 브라우저가 직접 엽니다.',
  'quit.unfinished': '아직 꺼지거나 절전되지 않은 머신이 있어 Berth를 끝내지 않습니다.',
}
