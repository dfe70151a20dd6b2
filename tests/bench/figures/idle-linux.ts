import { bareLinux, promptInLog } from '../bare-linux.ts'
import { berthWithLinux } from '../builtin-machine.ts'
import type { Figure } from '../figure.ts'
import { idleFigure } from '../idle-machine.ts'

export const figure: Figure = idleFigure('idle.linux', 1, berthWithLinux, promptInLog, () => bareLinux('first'))
