import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { expect, it } from 'vitest'

const forever = new URL('../../fixtures/bin/forever.mjs', import.meta.url).pathname

it.runIf(process.platform !== 'win32')('a stand-in that hangs ends with the program that started it', async () => {
  const parent = spawn('/bin/sh', ['-c', '"$0" "$1" & echo $!; wait', process.execPath, forever])
  const lines: string[] = []
  for await (const line of createInterface(parent.stdout)) {
    lines.push(line)
    if (lines.length === 2) break
  }
  expect(lines).toContain('ready')
  const pid = Number(lines.find((line) => /^\d+$/.test(line)))
  expect(isAlive(pid)).toBe(true)
  parent.kill('SIGKILL')
  await expect.poll(() => isAlive(pid)).toBe(false)
})

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}
