import { builtinScenario } from './builtin-scenario.ts'
import { dockerScenario } from './docker-scenario.ts'
import { faults, stage } from './fault-names.ts'
import { linuxScenario } from './linux-scenario.ts'
import { crashLoop } from './loop.ts'
import { mutatedFiles } from './mutated-files.ts'
import { podmanScenario } from './podman-scenario.ts'
import { qemuScenario } from './qemu-scenario.ts'
import { virtualboxScenario } from './virtualbox-scenario.ts'

/** All that `npm run crash` needs, out of one run of the bundler: a module that is loaded twice is two. */
export const program = {
  crashLoop,
  faults,
  mutatedFiles,
  scenarios: {
    builtin: builtinScenario,
    linux: linuxScenario,
    qemu: qemuScenario,
    docker: dockerScenario,
    podman: podmanScenario,
    virtualbox: virtualboxScenario,
  },
  stage,
}
