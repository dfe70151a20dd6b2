import { describe, expect, it } from 'vitest'
import { Failure } from '../../../../app/domain/errors.ts'
import { write } from '../../../../app/messages/write.ts'
import { isContention, manageFailure } from '../../../../main/providers/virtualbox/errors.ts'
import { hasFailed } from '../../../../main/providers/virtualbox/manage.ts'
import {
  errorLines,
  lastFraction,
  parseInfo,
  parseList,
  parseLongList,
  parseVersion,
} from '../../../../main/providers/virtualbox/parse.ts'
import { knownWords, wordOf } from '../../../../main/providers/virtualbox/states.ts'
import { raw, recording, recordings } from './recordings.ts'

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

/** Failures that say what is wrong in VirtualBox's own words only: mistakes of whoever typed the command, not of a machine. */
const inItsOwnWords =
  /^(createmedium-(bad-format|huge|zero)|createvm-(bad-ostype|no-name)|clonevm-linked-nosnap|empty-list-hostonlynets|guestproperty-set-flags|hostonlyif-create|import-no-format|list-bad|modifyvm-(bad-option|uart-badbase)|modifymedium-shrink|run-(controlvm-unknown|guestcontrol|storageattach-hot-remove-hdd)|setproperty-bad|sharedfolder-.*|showvminfo-(dash-name|log0-none)|snapshot-(bad-sub|showvminfo-mr|take-noname)|startvm-badtype|storageattach-(bad-port|badtype|no-ctl)|storagectl-(dup|remove-missing)|unknown-.*)$/

describe('every recording of VirtualBox 7.2.22', () => {
  it.for(recordings)('%s is read', (name) => {
    const result = recording(name)
    const { args } = result.command
    if (result.stderr.includes('100%')) expect(lastFraction(result.stderr)).toBe(1)
    for (const line of errorLines(result.stderr)) expect(line).not.toMatch(/^(Details|Context):|%\.\.\./)

    if (hasFailed(result)) expectFailure(name)
    if (args[0] === 'list' && args.includes('--long') && args.some((one) => /vms$/.test(one))) expectLong(name)
    else if (args[0] === 'list' && args.some((one) => /vms$/.test(one))) expectList(name)
    if (args[0] === 'showvminfo' && args.includes('--machinereadable') && result.exitCode === 0) expectInfo(name)
    if (args.includes('--version') || args.includes('-V')) {
      expect(parseVersion(result.stdout).version).toMatch(/^7\.2\.22/)
    }
  })

  function expectFailure(name: string): void {
    const failed = manageFailure(recording(name))
    expect(failed).toBeInstanceOf(Failure)
    const { error } = failed
    expect(error.detail).toContain('VBoxManage')
    for (const text of [error.message, error.hint]) {
      if (text === null) continue
      for (const locale of ['en', 'ko'] as const) {
        expect(write(text, locale)).not.toBe(text.key)
        expect(write(text, locale)).not.toMatch(/\{\w+\}/)
      }
    }
    const hasWords = errorLines(recording(name).stderr).length > 0
    if (hasWords && !inItsOwnWords.test(name)) expect(error.message.key).not.toBe('error.toolSays')
    if (inItsOwnWords.test(name) && hasWords) expect(error.message.params?.['said'] ?? 'known').not.toBe('')
  }

  function expectList(name: string): void {
    const { stdout } = recording(name)
    const listed = parseList(stdout)
    // Each line that ends with a UUID is a machine: no recorded name ends so by itself.
    expect(listed).toHaveLength(stdout.match(/" \{[0-9a-f-]{36}\}$/gm)?.length ?? 0)
    for (const one of listed) expect(one.uuid).toMatch(uuid)
  }

  function expectLong(name: string): void {
    const { stdout } = recording(name)
    const machines = parseLongList(stdout)
    expect(machines.size).toBe(stdout.match(/^UUID: {2,}[0-9a-f-]{36}$/gm)?.length ?? 0)
    for (const one of machines.values()) {
      if (one.word === null) continue
      expect(knownWords).toContain(one.word)
      expect(one.since).toMatch(/^2026-11-.*Z$/)
      expect(one.settingsPath).toMatch(/\.vbox$/)
    }
  }

  function expectInfo(name: string): void {
    const info = parseInfo(recording(name).stdout)
    expect(info.get('UUID')).toMatch(uuid)
    expect(knownWords).toContain(wordOf(info.get('VMState') ?? ''))
    expect(info.get('CfgFile')).toMatch(/^\/home\/demo\/.*\.vbox$/)
  }
})

describe('what happens beside another client', () => {
  interface Run {
    readonly exitCode: number
    readonly stderr: string
  }
  const runs = Object.values(raw<Readonly<Record<string, readonly Run[]>>>('_contention')).flat()

  it.for(runs.map((run, index) => [index, run] as const))('sees a lock that passes in failure %i', ([, run]) => {
    expect(run.exitCode).not.toBe(0)
    expect(isContention(run.stderr)).toBe(true)
  })

  it('knows every state that was seen while a machine was driven', () => {
    const { states } = raw<{ readonly states: readonly (readonly [number, number, number, string | null, string])[] }>(
      '_transitions',
    )
    const words = new Set(states.flatMap(([, , , word]) => (word === null ? [] : [wordOf(word)])))
    expect(words.size).toBeGreaterThan(5)
    for (const word of words) expect(knownWords).toContain(word)
    for (const [, , exitCode, , said] of states)
      if (exitCode !== 0 && said !== '') expect(isContention(said)).toBe(true)
  })
})
