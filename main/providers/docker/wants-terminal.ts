/** Programs that talk with a person, and end at once where nobody is there. */
const interactivePrograms =
  /^(?:(?:ba|da|a|z|k|mk|c|tc|fi|pw)?sh|nu|elvish|busybox|python[\d.]*|ipython3?|node|deno|irb|iex|erl|ghci|julia|R|jshell|lua[\d.]*|php)$/
const shells = /^(?:(?:ba|da|a|z|k|mk|c|tc|fi|pw)?sh|busybox)$/
/** What asks for nothing but a person: `-l`, `--login`, `-i`. */
const harmlessOption = /^(?:-[il]+|--login|--interactive|-a|sh|ash)$/

/**
 * Whether what a container runs needs a terminal to stay: a shell, or another program that reads what a person types, by itself.
 * An entrypoint that is no such program (`docker-entrypoint.sh`) is taken to run the command.
 */
export function wantsTerminal(entrypoint: readonly string[], command: readonly string[]): boolean {
  const isOwnProgram = shells.test(nameOf(entrypoint[0])) || command.length === 0
  const [program, ...options] = isOwnProgram ? [...entrypoint, ...command] : command
  return interactivePrograms.test(nameOf(program)) && options.every((option) => harmlessOption.test(option))
}

function nameOf(program: string | undefined): string {
  return program?.split('/').at(-1) ?? ''
}
