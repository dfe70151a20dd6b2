import { mkdtemp, realpath, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { build } from 'plist'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { checkBundle } from '../../../../main/providers/utm/bundle-check.ts'
import { extraArguments, wordsOf } from '../../../../main/providers/utm/extra-arguments.ts'
import { errorFrom } from '../../../conformance/ground.ts'
import { configOf, writeBundle } from './bundles.ts'

const withArguments = (...added: readonly string[]) => ({
  ...configOf(),
  QEMU: { UEFIBoot: true, Hypervisor: true, AdditionalArguments: [...added] },
})
const reaching = (...added: readonly string[]) => extraArguments(withArguments(...added)).reaching

describe('arguments that a bundle adds for QEMU', () => {
  it('are split as UTM splits them', () => {
    expect(wordsOf('-drive "file=a b,if=none"  -snapshot')).toEqual(['-drive', 'file=a b,if=none', '-snapshot'])
    expect(wordsOf('a"b c"d "" e"f')).toEqual(['ab cd', 'e', 'f'])
    expect(wordsOf(' \t\n')).toEqual([])
  })

  it.for([
    '-drive file=/etc/shadow,format=raw,if=virtio',
    '-drive file.filename=secret,if=none',
    '-hda /etc/shadow',
    '-cdrom disc.iso',
    '/etc/shadow',
    '-virtfs local,path=/Users,mount_tag=host,security_model=none',
    '-fsdev local,id=f,path=/',
    '-chardev file,id=c,path=/tmp/out',
    '-chardev socket,id=c,path=/tmp/s,server=on',
    '-chardev serial,id=c,path=/dev/ttyS0',
    '-serial file:/tmp/out',
    '-serial tcp:0.0.0.0:4444,server',
    '-monitor telnet:0.0.0.0:4444,server',
    '-qmp unix:/tmp/q,server',
    '-gdb tcp::1234',
    '-s',
    '-netdev user,id=n,smb=/Users',
    '-netdev user,id=n,guestfwd=tcp:10.0.2.100:80-cmd:sh',
    '-netdev tap,id=n,script=/tmp/x',
    '-device virtio-9p-pci,fsdev=f,mount_tag=host',
    '-device e1000,romfile=/etc/shadow',
    '-global e1000.romfile=secret',
    '-device loader,file=secret,addr=0',
    '-device usb-host,hostbus=1,hostaddr=1',
    '-device {"driver":"e1000","romfile":"/etc/shadow"}',
    '-blockdev driver=file,node-name=x,filename=/etc/shadow',
    '-object memory-backend-file,id=m,mem-path=/tmp/m,size=1G',
    '-object rng-random,id=r,filename=/dev/random',
    '-fw_cfg name=opt/x,file=/etc/shadow',
    '-smbios file=/etc/shadow',
    '-bios ../../secret',
    '-kernel /etc/shadow',
    '-machine pc,dumpdtb=out',
    '-boot splash=secret.bmp',
    '-D /tmp/log',
    '-trace file=/tmp/t',
    '-readconfig /tmp/c',
    '-incoming exec:sh',
    '-semihosting',
    '-vnc :0',
    '-audiodev wav,id=a,path=/tmp/a.wav',
    '-some-day-new value',
  ])('reach this computer, or may: %s', (argument) => {
    expect(reaching(argument)).not.toEqual([])
    expect(reaching('-no-reboot', ...argument.split(' '))).not.toEqual([])
    expect(reaching(`-${argument}`)).not.toEqual([])
  })

  it('are named by their option and value', () => {
    expect(
      reaching('-cpu host', '-drive', 'file=/etc/shadow', '-virtfs local,path=/', '-semihosting -no-reboot'),
    ).toEqual(['-drive file=/etc/shadow', '-virtfs local,path=/', '-semihosting'])
  })

  it('are none to refuse while all that they set is the machine’s own', () => {
    const harmless = [
      '-cpu host,+sse4.2 -smp 4,cores=2',
      '-device virtio-rng-pci,rng=r -object rng-builtin,id=r',
      '-global ICH9-LPC.disable_s3=1',
      '-smbios "type=1,manufacturer=A/B"',
      '-fw_cfg name=opt/com.example,string=yes',
      '-append "console=ttyS0 root=/dev/vda1"',
      '-netdev user,id=n,hostfwd=tcp:127.0.0.1:2222-:22',
      '-serial none -monitor null -no-reboot -snapshot',
      '-prom-env boot-device=hd:,\\yaboot',
      '-bios openbios-ppc',
      '-rtc base=localtime',
    ]
    expect(extraArguments(withArguments(...harmless))).toEqual({ all: harmless, reaching: [] })
  })

  it('are looked at in the properties of the machine, in the notation of before UTM 4, and in words with commas', () => {
    const override = { ...configOf(), QEMU: { MachinePropertyOverride: 'usb=off,kernel=/etc/shadow' } }
    expect(extraArguments(override).reaching).toEqual(['-machine usb=off,kernel=/etc/shadow'])
    const old = { ConfigurationVersion: 2, System: { AddArgs: ['-hda /etc/shadow'], MachineProperties: 'dtb=x' } }
    expect(extraArguments(old).reaching).toEqual(['-hda /etc/shadow', '-machine dtb=x'])
    expect(extraArguments({ ...old, System: { AddArgs: '-hda /etc/shadow' } }).reaching).toEqual(['-hda /etc/shadow'])
    const display = { ...configOf(), Display: [{ Hardware: 'virtio-vga,romfile=/etc/shadow' }] }
    expect(extraArguments(display).reaching).toEqual(['virtio-vga,romfile=/etc/shadow'])
    const drive = { ...configOf(), Drive: [{ Identifier: 'x,file.filename=/etc/shadow', ImageName: 'a,b.qcow2' }] }
    expect(extraArguments(drive).reaching).toEqual(['x,file.filename=/etc/shadow'])
  })

  it('are none in a machine of Apple’s virtualization', () => {
    expect(extraArguments({ ...configOf({ apple: true }), QEMU: { AdditionalArguments: ['-s'] } }).all).toEqual([])
  })
})

describe('a UTM bundle from elsewhere with additional arguments', () => {
  let folder: string
  beforeEach(async () => {
    folder = await realpath(await mkdtemp(join(tmpdir(), 'berth-arguments-')))
  })
  afterEach(() => rm(folder, { recursive: true }))
  const bundle = async (...added: readonly string[]): Promise<string> => {
    const path = await writeBundle(folder)
    await writeFile(join(path, 'config.plist'), build(withArguments(...added)))
    return path
  }

  it('is refused by the first that reaches this computer, and gives the others to be shown', async () => {
    const error = await errorFrom(checkBundle(await bundle('-cpu host', '-drive file=/etc/shadow')))
    expect(error).toMatchObject({
      code: 'unsupported',
      field: 'path',
      message: { key: 'utm.error.argument', params: { argument: '-drive file=/etc/shadow' } },
    })
    expect(await checkBundle(await bundle('-cpu host'))).toEqual(['-cpu host'])
  })
})
