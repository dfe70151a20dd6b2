// Read before Berth: the clock that it sees is off by as many milliseconds as the file BERTH_CLOCK_FILE says, from SIGUSR2 on.
import { readFileSync } from 'node:fs'

const RealDate = Date
let shiftMs = 0
const read = () => {
  shiftMs = Number(readFileSync(process.env.BERTH_CLOCK_FILE, 'utf8'))
}
read()
process.on('SIGUSR2', read)
globalThis.Date = new Proxy(RealDate, {
  construct: (target, args, made) =>
    Reflect.construct(target, args.length === 0 ? [target.now() + shiftMs] : args, made),
  apply: (target) => new target(target.now() + shiftMs).toString(),
  get: (target, name) => (name === 'now' ? () => target.now() + shiftMs : Reflect.get(target, name)),
})
