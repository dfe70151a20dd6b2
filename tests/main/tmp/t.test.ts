import { it } from 'vitest'
import { builtinGround } from '../../support/builtin-ground.ts'
import { op } from '../../conformance/ground.ts'
it('t', async () => {
  const g = await builtinGround()
  const id = await g.make('x', { memoryBytes: 16 << 20 })
  await g.provider.power.start(id, op())
  await g.say(id, 'count', /counter/)
  const t: number[] = []
  for (let i = 0; i < 30; i++) { const a = performance.now(); await g.provider.snapshots!.take(id, { name: 'a', description: '', memory: true }, op()); t.push(performance.now() - a) }
  t.sort((a, b) => a - b)
  console.log('take', t.slice(0, 8).map((x) => x.toFixed(1)).join(' '), 'median', t[15])
  await g.leave()
}, 100000)
