import type { Message } from '../text.ts'

/** The question before Berth quits. */
export const quitEn = {
  'quit.title': { one: '{count} machine keeps running', other: '{count} machines keep running' },
  'quit.titleNone': 'Quit Berth?',
  'quit.body': 'Quitting closes only Berth. These machines keep running without Berth.',
  'quit.containers': { one: '{count} container', other: '{count} containers' },
  'quit.stayStopping': 'are stopping',
  'quit.stayStoppingOne': 'is stopping',
  'quit.stayPaused': 'stay paused',
  'quit.stayPausedOne': 'stays paused',
  'quit.bodyEnding': 'Built-in machines resume where they stopped when you start them again.',
  'quit.bodyNone': 'Some work is still in progress.',
  'quit.stay': 'keep running',
  'quit.stayOne': 'keeps running',
  'quit.end': 'must be shut down first',
  'quit.suspendFirst': 'is suspended first',
  'quit.finishes': 'finishes first',
  'quit.andMore': { one: '{names} and {count} more', other: '{names} and {count} more' },
  'quit.terminals': {
    one: '{count} terminal is still running {command} in {name}. Quitting stops the command.',
    other: '{count} terminals are still running commands, such as {command} in {name}. Quitting stops them.',
  },
  'quit.quit': 'Quit',
  'quit.suspend': 'Suspend and quit',
  'quit.suspendAll': 'Suspend all VMs and quit',
  'quit.shutDownAll': 'Shut down all VMs and quit…',
  'quit.shutDownTitle': { one: 'Shut down {count} VM first?', other: 'Shut down {count} VMs first?' },
  'quit.shutDownBody':
    'Berth asks each one to shut down and quits when all are off. If one doesn’t respond, Berth stays open.',
  'quit.shutDown': 'Shut down and quit',
  'quit.waiting': 'Waiting for tasks that must finish…',
} as const

export const quitKo: Record<keyof typeof quitEn, Message> = {
  'quit.title': '머신 {count}개는 계속 실행됩니다',
  'quit.titleNone': 'Berth를 종료할까요?',
  'quit.body': 'Berth만 종료됩니다. 이 머신은 Berth 없이 계속 실행됩니다.',
  'quit.containers': '컨테이너 {count}개',
  'quit.stayStopping': '중지하는 중',
  'quit.stayStoppingOne': '중지하는 중',
  'quit.stayPaused': '일시 정지 유지',
  'quit.stayPausedOne': '일시 정지 유지',
  'quit.bodyEnding': '내장 머신은 다시 시작하면 멈춘 곳에서 이어집니다.',
  'quit.bodyNone': '아직 진행 중인 작업이 있습니다.',
  'quit.stay': '계속 실행됨',
  'quit.stayOne': '계속 실행됨',
  'quit.end': '먼저 종료 필요',
  'quit.suspendFirst': '먼저 일시 중단',
  'quit.finishes': '끝날 때까지 대기',
  'quit.andMore': '{names} 외 {count}개',
  'quit.terminals':
    '터미널 {count}개에서 명령이 실행 중입니다(‘{name}’ 머신의 {command} 등). 종료하면 명령이 중단됩니다.',
  'quit.quit': '종료',
  'quit.suspend': '일시 중단 후 종료',
  'quit.suspendAll': '가상 머신을 모두 일시 중단 후 종료',
  'quit.shutDownAll': '가상 머신을 모두 끄고 종료…',
  'quit.shutDownTitle': '먼저 가상 머신 {count}개를 끌까요?',
  'quit.shutDownBody':
    '머신마다 종료를 요청하고, 모두 꺼지면 Berth를 종료합니다. 응답하지 않는 머신이 있으면 Berth는 종료되지 않습니다.',
  'quit.shutDown': '머신을 끄고 종료',
  'quit.waiting': '끝나야 하는 작업을 기다리는 중…',
}
