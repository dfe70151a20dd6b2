import { packText, type ScreenTakes, vgaColours } from '../../../app/domain/screen.ts'
import { strokeOf } from '../../../app/domain/typing.ts'
import type { ScreenEvents } from '../../screen/source.ts'
import type { Hand, PretendedScreen } from './screens.ts'

const columns = 80
const rows = 25
const grey = vgaColours[7]
const bright = vgaColours[15]
const blue = vgaColours[1]

/** A character and its colours, as they stand on the screen. */
interface Spot {
  readonly character: string
  readonly foreground: number
  readonly background: number
}
const blank: Spot = { character: ' ', foreground: grey, background: 0 }

/** The character each key types, by `code`, plain and with shift. */
const typed = new Map<string, string>()
for (let ascii = 0x20; ascii < 0x7f; ascii += 1) {
  const character = String.fromCharCode(ascii)
  const stroke = strokeOf(character)
  if (stroke !== null) typed.set(`${stroke.code}${stroke.shift ? '+' : ''}`, character)
}

/** A pretended text screen: a title in a frame, and under it a prompt that takes the commands of the pretended guests. */
export function createTextScreen(title: string, run: (command: string) => string): PretendedScreen {
  const takes: ScreenTakes = { keyboard: true, pointer: 'none', text: true }
  const spots: Spot[][] = Array.from({ length: rows }, () => Array.from({ length: columns }, () => blank))
  const watching = new Set<ScreenEvents>()
  let row = 0
  let column = 0
  let line = ''
  let isShift = false
  let modifiers = 0

  const cellsOf = (at: number): Uint8Array =>
    Buffer.concat((spots[at] ?? []).map((spot) => packText(spot.character, spot)))
  const tellRow = (at: number, to: Iterable<ScreenEvents> = watching): void => {
    for (const events of to) events.cells(at, 0, cellsOf(at))
  }
  const tellCursor = (to: Iterable<ScreenEvents> = watching): void => {
    for (const events of to) events.cursor({ row, column, top: 0.86, bottom: 1 })
  }

  const newLine = (): void => {
    tellRow(row)
    column = 0
    row += 1
    if (row < rows) return
    row = rows - 1
    spots.shift()
    spots.push(Array.from({ length: columns }, () => blank))
    for (let at = 0; at < rows; at += 1) tellRow(at)
  }
  const print = (text: string, foreground: number = grey, background = 0): void => {
    for (const character of text) {
      if (character === '\n') {
        newLine()
        continue
      }
      if (column >= columns) newLine()
      const here = spots[row]
      if (here !== undefined) here[column] = { character, foreground, background }
      column += 1
    }
    tellRow(row)
    tellCursor()
  }
  const lines = (text: string): void => {
    for (const part of text.split(/(?<=\n)/)) print(part)
  }
  const prompt = (): void => print('> ', bright)

  const enter = (): void => {
    newLine()
    const command = line.trim()
    line = ''
    if (command === 'colours') {
      for (const [index, colour] of vgaColours.entries()) print(` ${String(index).padStart(2)} `, bright, colour)
      print('\n')
    } else lines(run(command))
    prompt()
  }
  const type = (character: string): void => {
    if (character === '\n') enter()
    else if (character >= ' ') {
      line += character
      print(character)
    }
  }
  const erase = (): void => {
    if (line === '') return
    line = line.slice(0, -1)
    column -= 1
    print(' ')
    column -= 1
    tellCursor()
  }

  print(` ${title} `.padEnd(columns), bright, blue)
  newLine()
  lines('┌────────────────────────────────────────┐\n')
  lines('│ A pretended text screen, 80 × 25 cells │▒\n')
  lines('│ ♥ ♦ ♣ ♠   ░▒▓█   ╔═╦═╗   Type “help”.  │▒\n')
  lines('└────────────────────────────────────────┘▒\n')
  lines(' ▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒\n\n')
  prompt()

  return {
    attach(events): Hand {
      events.text(columns, rows)
      for (let at = 0; at < rows; at += 1) tellRow(at, [events])
      tellCursor([events])
      watching.add(events)
      return {
        takes,
        key(code, isDown) {
          if (code.startsWith('Shift')) isShift = isDown
          else if (/^(Control|Alt|Meta)/.test(code)) modifiers += isDown ? 1 : -1
          else if (!isDown || modifiers > 0) return
          else if (code === 'Enter' || code === 'NumpadEnter') enter()
          else if (code === 'Backspace') erase()
          else type(typed.get(`${code}${isShift ? '+' : ''}`) ?? '')
        },
        type(text) {
          for (const character of text.replace(/\r\n?/g, '\n')) type(character)
        },
        pointer() {},
        detach: () => watching.delete(events),
      }
    },
    end: () => watching.clear(),
  }
}
