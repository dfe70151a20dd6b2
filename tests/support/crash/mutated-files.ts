import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { mutate } from './damaged-state.ts'
import { randomFrom } from './loop.ts'
import { markerFiles } from './marker-owners.ts'
import { quietFiles } from './quiet-owners.ts'
import { recordFiles } from './record-owners.ts'
import { type Owner, wholeFiles } from './state-owners.ts'

/** Lines cut off at the end of one leave a shorter journal: nothing in it tells. */
function isShorter({ file, content }: Owner, bytes: Buffer): boolean {
  const text = bytes.toString('utf8')
  return file.endsWith('.jsonl') && text.endsWith('\n') && content.startsWith(text)
}

/** How many values became others of whatever kind; null where more than values changed. */
function changedValues(before: unknown, after: unknown): number | null {
  const isTree = (value: unknown): value is object => typeof value === 'object' && value !== null
  if (!isTree(before)) return Object.is(before, after) ? 0 : 1
  if (!isTree(after)) return null
  const names = Object.keys(before)
  if (JSON.stringify(names) !== JSON.stringify(Object.keys(after))) return null
  const counts = names.map((name) => changedValues(Reflect.get(before, name), Reflect.get(after, name)))
  return counts.reduce<number | null>((sum, count) => (sum === null || count === null ? null : sum + count), 0)
}

/** Whether one value alone is another, so that what stands beside it can be read. */
function hasOneOdd({ content }: Owner, bytes: Buffer): boolean {
  try {
    const after: unknown = JSON.parse(bytes.toString('utf8'))
    const isNewer = Number((after as { readonly version?: unknown } | null)?.version) > 1
    return !isNewer && changedValues(JSON.parse(content), after) === 1
  } catch {
    return false
  }
}

/** Damages each kind of Berth's own files so many times and looks whether anything else is lost, or anything is lost unsaid. */
export async function mutatedFiles(times: number, seed: number): Promise<readonly string[]> {
  const random = randomFrom(seed)
  const findings: string[] = []
  for (const owner of [...wholeFiles, ...quietFiles, ...recordFiles, ...markerFiles]) {
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
        const isElsewhere = owner.isByName === true && lost.length === 1
        if (
          after.entries.length < before.entries.length &&
          notice === undefined &&
          !isShorter(owner, bytes) &&
          !isElsewhere
        )
          say('an entry is gone, and nothing is said')
        if (lost.length > 1 && hasOneOdd(owner, bytes)) say(`lost ${lost.length} entries for one odd value`)
        if (lost.length > 1 && owner.beside !== undefined) say(`lost ${lost.length} entries of other files`)
        const aside = notice?.text.params?.['aside']
        const wasWritten = await after.write()
        if (!wasWritten && notice === undefined) say('refuses a change and does not say why')
        if (!wasWritten && !readFileSync(path).equals(bytes)) say('is written though the change was refused')
        if (wasWritten && notice !== undefined) {
          // A change to what a newer Berth wrote, or what nobody need hear of, may wait until the file can be read.
          const isKept = [path, String(aside ?? '')].some((one) => existsSync(one) && readFileSync(one).equals(bytes))
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
