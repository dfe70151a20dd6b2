import { bareMonitor } from '../bare-monitor.ts'
import { berthWithBuiltin } from '../builtin-machine.ts'
import type { Figure } from '../figure.ts'
import { idleFigure } from '../idle-machine.ts'

export const figure: Figure = idleFigure('idle.builtin', 2, berthWithBuiltin, /\n> /, bareMonitor)
