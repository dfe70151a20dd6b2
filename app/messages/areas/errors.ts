import type { Message } from '../text.ts'

/** What happened and what next, where no provider has a better sentence. */
export const errorsEn = {
  'error.bug': 'Berth made a mistake.',
  'error.bug.hint': 'Copy the report and send it to us. Nothing more was done.',
  'error.line': 'The window lost its connection to Berth.',
  'error.line.hint': 'It connects again by itself. What was under way goes on.',
  'error.unknownCall': 'The window asked for something that this Berth does not know.',
  'error.invalidInput': 'A value does not fit: {field}.',
  'error.cancelled': 'Cancelled.',
  'error.timeout': '{tool} did not answer within {seconds} s. What it did is not known yet.',
  'error.timeout.hint': 'Check again before trying once more.',
  'error.toolMissing': '{tool} is not installed, or Berth did not find it.',
  'error.toolMissing.hint': 'Providers says how to get it, and lets you show Berth where it is.',
  'error.toolFailed': '{tool} failed.',
  'error.toolFailed.exit': '{tool} ended with exit code {code}.',
  'error.toolFailed.signal': '{tool} was ended by {signal}.',
  'error.flood': '{tool} said more than can be read.',
  'error.unreadable': '{tool} said something that Berth can’t read.',
  'error.machineGone': 'This machine does not exist any more.',
  'error.interrupted': 'Berth ended while this was under way.',
} as const

export const errorsKo: Record<keyof typeof errorsEn, Message> = {
  'error.bug': 'Berth에서 오류가 났습니다.',
  'error.bug.hint': '보고서를 복사해 보내 주세요. 더 진행된 것은 없습니다.',
  'error.line': '창과 Berth의 연결이 끊겼습니다.',
  'error.line.hint': '자동으로 다시 연결합니다. 하던 작업은 계속됩니다.',
  'error.unknownCall': '이 Berth가 모르는 요청입니다.',
  'error.invalidInput': '값이 맞지 않습니다: {field}.',
  'error.cancelled': '취소했습니다.',
  'error.timeout': '{tool}의 응답이 {seconds}초 안에 없었습니다. 결과는 아직 알 수 없습니다.',
  'error.timeout.hint': '다시 시도하기 전에 상태를 확인하세요.',
  'error.toolMissing': '{tool} 프로그램이 없거나 찾지 못했습니다.',
  'error.toolMissing.hint': '‘제공자’에서 설치 방법을 보거나 위치를 지정할 수 있습니다.',
  'error.toolFailed': '{tool} 실행에 실패했습니다.',
  'error.toolFailed.exit': '{tool} 프로그램이 종료 코드 {code}번으로 끝났습니다.',
  'error.toolFailed.signal': '{tool} 프로그램이 {signal} 신호로 끝났습니다.',
  'error.flood': '{tool}의 출력이 너무 많아 읽을 수 없습니다.',
  'error.unreadable': '{tool}의 출력을 읽을 수 없습니다.',
  'error.machineGone': '이 머신은 이제 없습니다.',
  'error.interrupted': '작업 중에 Berth가 끝났습니다.',
}
