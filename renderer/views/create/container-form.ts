import type { EndpointId } from '../../../app/domain/ids.ts'
import { type ContainerSpec, containerSpecSchema } from '../../../app/domain/spec.ts'
import { GiB, MiB } from '../../../app/domain/units.ts'
import { type PortRow, readForwards } from './forwards.ts'
import { checkName, createProblems, type Problems } from './problems.ts'
import { nameFromImage, uniqueName } from './propose.ts'
import { memory } from './quantities.ts'
import { splitWords } from './split-words.ts'
import { fieldOf } from './vm-form.ts'

export interface MountRow {
  /** A volume's name, or an absolute folder of this computer. */
  readonly source: string
  readonly target: string
  readonly readOnly: boolean
}

export interface VariableRow {
  readonly name: string
  readonly value: string
}

/** The form as typed. */
export interface ContainerForm {
  readonly endpointId: EndpointId | null
  readonly image: string
  readonly pull: ContainerSpec['pull']
  readonly name: string
  readonly isNameTyped: boolean
  readonly command: string
  readonly ports: readonly PortRow[]
  readonly mounts: readonly MountRow[]
  readonly variables: readonly VariableRow[]
  readonly restart: ContainerSpec['restart']
  readonly terminal: NonNullable<ContainerSpec['terminal']>
  /** These as typed; empty leaves it to the image or the tool. */
  readonly cpus: string
  readonly memory: string
  readonly network: string
  readonly user: string
  readonly workingFolder: string
}

export const emptyMount: MountRow = { source: '', target: '', readOnly: false }
export const emptyVariable: VariableRow = { name: '', value: '' }

export const emptyContainerForm: ContainerForm = {
  endpointId: null,
  image: '',
  pull: 'missing',
  name: '',
  isNameTyped: false,
  command: '',
  ports: [],
  mounts: [],
  variables: [],
  restart: 'no',
  terminal: 'auto',
  cpus: '',
  memory: '',
  network: '',
  user: '',
  workingFolder: '',
}

/** The form with the proposed name filled in, as it is shown. */
export function filledContainerForm(form: ContainerForm, taken: ReadonlySet<string>): ContainerForm {
  if (form.isNameTyped) return form
  const proposed = nameFromImage(form.image)
  return { ...form, name: proposed === '' ? '' : uniqueName(proposed, taken) }
}

/** The spec a filled form stands for, or what is wrong with it. An empty name lets the tool choose one. */
export function readContainerForm(
  form: ContainerForm,
  endpointId: EndpointId,
  taken: ReadonlySet<string>,
  startAfter: boolean,
): { readonly spec: ContainerSpec | null; readonly problems: Problems } {
  const { add, all: problems } = createProblems()
  const image = form.image.trim()
  if (image === '') add('image', { key: 'create.problem.reference' })
  else if (/\s/.test(image)) add('image', { key: 'create.problem.referenceSpace' })
  const name = form.name.trim() === '' ? null : checkName(form.name, add)
  if (name !== null && taken.has(name)) add('name', { key: 'create.problem.name.taken', params: { name } })
  const command = splitWords(form.command)
  if (command === null) add('command', { key: 'create.problem.quote' })
  const ports = readForwards(form.ports, add, { isHostPortOptional: true })
  const mounts = readMounts(form.mounts, add)
  const environment = readVariables(form.variables, add)
  const cpus = readNumber(form.cpus, (text) => Number(text.replace(',', '.')), [0.01, 1024])
  if (cpus === null) add('cpus', { key: 'create.problem.cpus' })
  const memoryBytes = readNumber(form.memory, memory.read, [6 * MiB, 16_384 * GiB])
  if (memoryBytes === null) add('memory', { key: 'create.problem.memory' })
  const user = form.user.trim()
  if (/\s/.test(user)) add('user', { key: 'create.problem.user' })
  const workingFolder = form.workingFolder.trim()
  if (workingFolder !== '' && !isAbsolute(workingFolder)) add('workingFolder', { key: 'create.problem.mountTarget' })
  if (problems.size > 0) return { spec: null, problems }

  const parsed = containerSpecSchema.safeParse({
    kind: 'container',
    endpointId,
    image,
    pull: form.pull,
    name,
    command,
    ports: ports.map(({ protocol, hostPort, guestPort }) => ({
      protocol,
      hostAddress: null,
      hostPort,
      containerPort: guestPort,
    })),
    mounts,
    environment,
    restart: form.restart,
    terminal: form.terminal,
    ...(cpus === undefined ? {} : { cpus }),
    ...(memoryBytes === undefined ? {} : { memoryBytes }),
    ...(form.network === '' ? {} : { network: form.network }),
    ...(user === '' ? {} : { user }),
    ...(workingFolder === '' ? {} : { workingFolder }),
    startAfter,
  })
  if (parsed.success) return { spec: parsed.data, problems }
  for (const issue of parsed.error.issues) add(fieldOf(issue.path.join('.')), { key: 'create.problem.value' })
  return { spec: null, problems }
}

type Add = ReturnType<typeof createProblems>['add']

function readMounts(rows: readonly MountRow[], add: Add): ContainerSpec['mounts'] {
  return rows.flatMap((row, index) => {
    const [source, target] = [row.source.trim(), row.target.trim()]
    if (source === '' && target === '') return []
    if (source === '') add(`mounts.${index}`, { key: 'create.problem.mountSource' })
    else if (!isAbsolute(target)) add(`mounts.${index}`, { key: 'create.problem.mountTarget' })
    return [{ type: isFolder(source) ? 'bind' : 'volume', source, target, readOnly: row.readOnly } as const]
  })
}

/** undefined for nothing typed, null for what is no number within the limits. */
function readNumber(
  text: string,
  read: (text: string) => number | null,
  [min, max]: readonly [number, number],
): number | null | undefined {
  if (text.trim() === '') return undefined
  const value = read(text.trim())
  return value !== null && value >= min && value <= max ? value : null
}

/** A folder in a container, which may run Windows. */
function isAbsolute(folder: string): boolean {
  return /^(?:\/|[A-Za-z]:[\\/])/.test(folder)
}

/** A folder of this computer rather than the name of a volume. */
export function isFolder(source: string): boolean {
  return /^(?:[\\/]|[A-Za-z]:[\\/])/.test(source)
}

function readVariables(rows: readonly VariableRow[], add: Add): ContainerSpec['environment'] {
  const seen = new Set<string>()
  return rows.flatMap((row, index) => {
    const name = row.name.trim()
    if (name === '' && row.value === '') return []
    if (name === '' || name.includes('=')) add(`environment.${index}`, { key: 'create.problem.variable' })
    else if (seen.has(name)) add(`environment.${index}`, { key: 'create.problem.variableTwice', params: { name } })
    seen.add(name)
    return [{ name, value: row.value }]
  })
}

/** Lines of `NAME=value` pasted into one field, as the rows they stand for; null when they are not that. */
export function pastedVariables(text: string): readonly VariableRow[] | null {
  const lines = text
    .split(/\r?\n/)
    .map((line) => line.replace(/^export\s+/, '').trim())
    .filter((line) => line !== '' && !line.startsWith('#'))
  if (lines.length === 0 || !lines.every((line) => /^[A-Za-z_][\w.-]*=/.test(line))) return null
  return lines.map((line) => {
    const at = line.indexOf('=')
    return { name: line.slice(0, at), value: line.slice(at + 1).replace(/^(['"])(.*)\1$/s, '$2') }
  })
}
