import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { mutate } from './damaged-state.ts'
import { randomFrom } from './loop.ts'
import { recordFiles } from './record-owners.ts'
import { type Owner, wholeFiles } from './state-owners.ts'

/** Lines cut off at the end of one leave a shorter journal: nothing in it tells. */
function isShorter({ file, content }: Owner, bytes: Buffer): boolean {
  const text = bytes.toString('utf8')
  return file.endsWith('.jsonl') && text.endsWith('\n') && content.startsWith(text)
}

/** Damages each kind of Berth's own files so many times and looks whether anything else is lost, or anything is lost unsaid. */
export async function mutatedFiles(times: number, seed: number): Promise<readonly string[]> {
  const random = randomFrom(seed)
  const findings: string[] = []
  for (const owner of [...wholeFiles, ...recordFiles]) {
    for (let time = 0; time < times; time += 1) {
      const folder = mkdtempSync(join(tmpdir(), 'berth-m-'))
      const path = join(folder, owner.file)
      for (const [file, content] of Object.entries({ ...owner.beside, [owner.file]: owner.content })) {
        mkdirSync(join(folder, file, '..'), { recursive: true })
        writeFileSync(join(folder, file), content)
      }
      const before = await owner.open(folder)
      if (before.notices.length > 0) throw new Error(`${owner.file} is not in order to begin with`)
      const bytes = mutate(Buffer.from(owner.content), random)
      writeFileSync(path, bytes)
      const say = (line: string): number =>
        findings.push(`${owner.file} ${JSON.stringify(bytes.toString('utf8')).slice(0, 2_000)}: ${line}`)
      try {
        const after = await owner.open(folder)
        const lost = before.entries.filter((entry) => !after.entries.includes(entry))
        const [notice] = after.notices
        // One value was changed: one entry may be another. More go only with a file that nothing can be read of.
        if (lost.length > 1 && notice === undefined && !isShorter(owner, bytes))
          say(`lost ${lost.length} entries, and nothing is said`)
        if (after.entries.length < before.entries.length && notice === undefined && !isShorter(owner, bytes))
          say('an entry is gone, and nothing is said')
        if (lost.length > 1 && owner.beside !== undefined) say(`lost ${lost.length} entries of other files`)
        const aside = notice?.text.params?.['aside']
        const wasWritten = await after.write()
        if (!wasWritten && notice === undefined) say('refuses a change and does not say why')
        if (!wasWritten && !readFileSync(path).equals(bytes)) say('is written though the change was refused')
        if (wasWritten && notice !== undefined) {
          const isKept = aside !== undefined && existsSync(String(aside)) && readFileSync(String(aside)).equals(bytes)
          if (!isKept) say('what it held is not kept')
        }
      } catch (error) {
        say(`throws ${String(error)}`)
      }
      rmSync(folder, { recursive: true })
    }
  }
  return findings
}
