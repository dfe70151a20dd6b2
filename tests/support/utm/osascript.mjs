import { runScript, ScriptError } from './applescript.mjs'
import { EventError, faultsOf, send } from './events.mjs'

/**
 * Stands in for `osascript`: runs the script it is given, sends its events to UTM, and fails as the real one words it. Settles
 * with the exit code.
 */
export async function osascript(world, given, { say, complain }) {
  const args = [...given]
  const source = []
  const fail = (line) => {
    complain(`${line}\n`)
    return 1
  }
  while (args[0]?.startsWith('-')) {
    const option = args.shift()
    if (option === '-l') {
      if (args.shift() !== 'AppleScript') return fail('osascript: no such component.')
    } else if (option === '-e') source.push(args.shift() ?? '')
    else return fail(`osascript: illegal option -- ${option.slice(1)}`)
  }
  try {
    const result = await runScript(source.join('\n'), args, (event) => send(world, event))
    if (result !== undefined) say(`${result}\n`)
    return 0
  } catch (error) {
    if (error instanceof ScriptError) {
      return fail(`0:${source.join('\n').length}: syntax error: ${error.message} (-2741)`)
    }
    if (!(error instanceof EventError)) throw error
    const said = {
      [-1743]: 'Not authorized to send Apple events to UTM.',
      [-600]: 'UTM got an error: Application isn’t running.',
      [-1712]: 'UTM got an error: AppleEvent timed out.',
      [-1728]: 'UTM got an error: Can’t get virtual machine.',
    }
    const text = faultsOf(world).korean ? '오류' : (said[error.number] ?? `UTM got an error: ${error.said}`)
    return fail(`12:34: execution error: ${text} (${error.number})`)
  }
}
