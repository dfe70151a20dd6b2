import type { Message } from '../text.ts'

/** Consoles, the terminal dock, sessions. */
export const terminalEn = {
  'terminal.cannotStart': '{title} could not be started.',
  'terminal.noLine': 'The line of {title} does not answer.',
  'terminal.machineStopped': '{name} stopped at {time}. The text above is kept.',
  'terminal.machineRemoved': '{name} was removed at {time}. The text above is kept.',
  'terminal.gone': 'This terminal does not exist any more.',
  'terminal.tooMany': '{count} terminals are open, which is as many as Berth keeps.',
  'terminal.tooMany.hint': 'Close some, then open this one again.',
  'terminal.noConsoles': 'This machine has no console that Berth can open.',
} as const

export const terminalKo: Record<keyof typeof terminalEn, Message> = {
  'terminal.cannotStart': '‘{title}’ 프로그램을 시작하지 못했습니다.',
  'terminal.noLine': '‘{title}’ 회선에서 응답이 없습니다.',
  'terminal.machineStopped': '‘{name}’ 머신이 {time}에 꺼졌습니다. 위 내용은 그대로 있습니다.',
  'terminal.machineRemoved': '‘{name}’ 머신이 {time}에 삭제되었습니다. 위 내용은 그대로 있습니다.',
  'terminal.gone': '이 터미널은 이제 없습니다.',
  'terminal.tooMany': '터미널 {count}개가 열려 있습니다. 더 열 수 없습니다.',
  'terminal.tooMany.hint': '몇 개를 닫은 뒤 다시 여세요.',
  'terminal.noConsoles': '이 머신에는 열 수 있는 콘솔이 없습니다.',
}
