import type { Message } from '../text.ts'

/** Taking a machine to another computer in a file, and making one from such a file. */
export const movingEn = {
  'export.title': 'Export {name}',
  'export.export': 'Export',
  'export.format': 'File format',
  'export.folder': 'Folder',
  'export.file': 'File name',
  'export.hint': 'The machine stays as it is. The file holds a copy of it that can be imported elsewhere.',
  'export.unknownFormat': 'Machines are not exported in this format here.',
  'export.problem.folder': 'Choose the folder for the file.',
  'export.problem.file': 'Give the file a name, without slashes.',
  'export.reveal': 'Show the file',

  'import.import': 'Import',
  'import.summary.cpus': { one: '{count} core', other: '{count} cores' },
  'import.summary.memory': '{size} of memory',
  'import.summary.disk': '{size} of disk',
  'import.holds': 'It holds',
  'import.reading': 'Reading what is in it…',
  'import.noEndpoint': '{provider} can’t import this kind of file.',
  'import.nowhere': 'Nothing here can import a file of this kind.',
  'import.problem.file': 'Choose the file of a machine.',
  'import.ready': 'The file stays as it is. The machine is not started.',
} as const

export const movingKo: Record<keyof typeof movingEn, Message> = {
  'export.title': '‘{name}’ 머신 내보내기',
  'export.export': '내보내기',
  'export.format': '파일 형식',
  'export.folder': '폴더',
  'export.file': '파일 이름',
  'export.hint': '머신은 그대로 있습니다. 다른 곳에서 가져올 수 있는 복사본이 파일에 담깁니다.',
  'export.unknownFormat': '이 형식으로는 머신을 내보낼 수 없습니다.',
  'export.problem.folder': '파일을 둘 폴더를 고르세요.',
  'export.problem.file': '빗금 없이 파일 이름을 입력하세요.',
  'export.reveal': '파일 보기',

  'import.import': '가져오기',
  'import.summary.cpus': '코어 {count}개',
  'import.summary.memory': '메모리 {size}',
  'import.summary.disk': '디스크 {size}',
  'import.holds': '내용',
  'import.reading': '파일 내용을 읽는 중…',
  'import.noEndpoint': '{provider} 제공자는 이런 파일을 가져올 수 없습니다.',
  'import.nowhere': '이런 파일을 가져올 수 있는 제공자가 없습니다.',
  'import.problem.file': '머신 파일을 고르세요.',
  'import.ready': '파일은 그대로 있습니다. 머신은 시작하지 않습니다.',
}
