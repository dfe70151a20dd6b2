import { describe, expect, it } from 'vitest'
import { commandLine, maskText, maskUrlPasswords } from '../../../main/exec/mask.ts'
import { cpuMs } from '../../support/cpu-time.ts'

const home = '/home/sena'

describe('a command line that is shown', () => {
  it('quotes only what the shell would change', () => {
    expect(commandLine('docker', ['ps', '-a', '--format={{json .}}'], { home })).toBe(
      "docker ps -a '--format={{json .}}'",
    )
    expect(commandLine('echo', ["it's", '', '$HOME', '한글'], { home })).toBe(`echo 'it'\\''s' '' '$HOME' '한글'`)
  })

  it('hides the home folder where the shell still finds it', () => {
    expect(commandLine('ls', [home, `${home}/disks/a.qcow2`, `${home}/my disk`], { home })).toBe(
      "ls ~ ~/disks/a.qcow2 ~/'my disk'",
    )
    expect(commandLine('qemu', [`file=${home}/a "b" $c,if=none`], { home })).toBe(
      'qemu "file=$HOME/a \\"b\\" \\$c,if=none"',
    )
  })

  it('leaves folders alone that only begin like the home folder', () => {
    expect(commandLine('ls', ['/home/sena2/x', '/home/sena.old'], { home })).toBe('ls /home/sena2/x /home/sena.old')
  })

  it('masks nothing when the home folder is the root', () => {
    expect(commandLine('ls', ['/etc'], { home: '/' })).toBe('ls /etc')
  })

  it('shows no secret, not even one inside another word', () => {
    const line = commandLine('docker', ['run', '-e', 'PASSWORD=hunter22', 'x'], {
      home,
      secrets: ['hunter22', 'hunter'],
    })
    expect(line).toBe("docker run -e 'PASSWORD=•••' x")
  })
})

describe('output that is shown', () => {
  it('hides the home folder and secrets', () => {
    expect(maskText(`open ${home}/x: denied (token abcdef)`, { home, secrets: ['abcdef'] })).toBe(
      'open ~/x: denied (token •••)',
    )
  })
})

describe('passwords in addresses', () => {
  it.each([
    ['postgres://u:p@h/db', 'postgres://u:•••@h/db'],
    ['redis://:p@h', 'redis://:•••@h'],
    ['see http://u:p@ss:w@h:80/x?y=a@b.', 'see http://u:•••@h:80/x?y=a@b.'],
    ['amqp+ssl://u:p@a,https://u:q@b', 'amqp+ssl://u:•••@a,https://u:•••@b'],
    ['a://u:p@h b://u:q@h', 'a://u:•••@h b://u:•••@h'],
    ['ssh://user@host', 'ssh://user@host'],
    ['http://h:80/a@b', 'http://h:80/a@b'],
    ['://u:p@h', '://u:p@h'],
  ])('are masked in %s', (text, masked) => {
    expect(maskUrlPasswords(text)).toBe(masked)
    expect(commandLine('tool', [text])).toContain(masked)
  })

  it('are looked for in time that grows with the text alone', () => {
    for (const text of ['://', 'a://', 'a://:', 'a://@', 'a', ':', 'a://u:']) {
      const begun = cpuMs()
      maskUrlPasswords(text.repeat(100_000))
      expect(cpuMs() - begun).toBeLessThan(1_000)
    }
  })
})
