import { expect, it } from 'vitest'
import { mutatedFiles } from '../../support/crash/mutated-files.ts'

it('a damaged file of Berth’s own loses nothing else, and nothing unsaid', async () => {
  expect(await mutatedFiles(25, 7)).toEqual([])
}, 180_000)
