import type { Message } from '../text.ts'

/** Machines' screens. */
export const screenEn = {
  'screen.display': 'Display',
  'screen.none': 'This machine has no screen that Berth can show.',
  'screen.notTerminal': 'This is a screen, not a terminal. It is shown on the machine’s page.',
} as const

export const screenKo: Record<keyof typeof screenEn, Message> = {
  'screen.display': '화면',
  'screen.none': '이 머신에는 표시할 수 있는 화면이 없습니다.',
  'screen.notTerminal': '터미널이 아니라 화면입니다. 머신 페이지에서 볼 수 있습니다.',
}
