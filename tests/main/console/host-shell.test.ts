import { homedir } from 'node:os'
import { describe, expect, it } from 'vitest'
import { hostShell } from '../../../main/console/host-shell.ts'
import { openSource } from '../../../main/console/open.ts'
import { openTyping } from '../../../main/console/typing.ts'

describe('the shell of this computer', () => {
  it('is the person’s own, a login on a Mac, PowerShell on Windows', () => {
    expect(hostShell({ SHELL: '/bin/zsh' }, 'darwin')).toMatchObject({ file: '/bin/zsh', args: ['-l'], title: 'zsh' })
    expect(hostShell({ SHELL: '/usr/bin/fish' }, 'linux')).toMatchObject({ file: '/usr/bin/fish', args: [] })
    expect(hostShell({}, 'win32')).toMatchObject({ file: 'powershell.exe', title: 'powershell' })
    expect(hostShell({ SHELL: '' }, 'linux')).toMatchObject({ file: expect.stringMatching(/^\//) })
  })

  it.skipIf(process.platform === 'win32')(
    'starts at home, with a command at its prompt that runs at Enter and not before',
    { timeout: 30_000 },
    async () => {
      let said = ''
      const target = { ...hostShell({ SHELL: '/bin/sh' }), env: { PS1: 'ready> ' } }
      const command = 'echo "in $PWD: $((6 * 7))"'
      const source = await openTyping(openSource, command)(target, { columns: 200, rows: 24 }, null, {
        data: (bytes) => {
          said += Buffer.from(bytes).toString()
        },
        ended: () => {},
      })
      await expect.poll(() => said, { timeout: 20_000 }).toContain(`ready> ${command}`)
      expect(said).not.toContain('42')
      source.write('\r')
      await expect.poll(() => said, { timeout: 20_000 }).toContain(`in ${homedir()}: 42`)
      source.close()
    },
  )
})
