import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { MiB } from '../../app/domain/units.ts'
import { op } from '../conformance/ground.ts'
import { builtinGround } from '../support/builtin-ground.ts'
import { lookIntoExt4, missingExt4Tools } from '../support/crash/ext4.ts'
import { cuttableDisk, missingPowerCut } from '../support/crash/power-cut.ts'
import { linuxPrompt, shellOf } from '../support/linux-shell.ts'

const patienceMs = 120_000
const cutsPower = missingPowerCut() === null && (await missingExt4Tools()) === null

describe.runIf(cutsPower)('the Linux that comes with Berth, while the power goes', () => {
  it(
    'has on its disk all that it said it had synced',
    async () => {
      const disk = cuttableDisk()
      try {
        const ground = await builtinGround({ dataDir: join(disk.folder, 'data') })
        try {
          const id = await ground.make('at work', { guest: 'linux', disk: { from: 'guest' }, memoryBytes: 32 * MiB })
          await ground.provider.power.start(id, op())
          const shell = await shellOf(ground.provider, id)
          await shell.until(linuxPrompt, patienceMs)
          const turn = 'echo $i > new; mv new count; sync; echo "syn""ced-$i"'
          shell.type(`i=0; while :; do i=$((i+1)); ${turn}; done\r`)
          const said = await shell.until(/synced-12\r/, patienceMs)
          disk.cut()
          const synced = Math.max(...[...said.matchAll(/synced-(\d+)\r/g)].map(([, count]) => Number(count)))
          const path = join(ground.folderOf(id), 'disk0.img')
          shell.end()
          await ground.provider.power.powerOff(id, op())
          await disk.goBack()
          const { damage, texts } = await lookIntoExt4(path, ['root/count'])
          expect(damage).toBeNull()
          expect(Number(texts[0])).toBeGreaterThanOrEqual(synced)
        } finally {
          await ground.leave()
        }
      } finally {
        await disk.close()
      }
    },
    2 * patienceMs,
  )
})
