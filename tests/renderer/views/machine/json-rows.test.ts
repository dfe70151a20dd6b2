import { expect, test } from 'vitest'
import { jsonRows } from '../../../../renderer/views/machine/json-rows.ts'

const document = JSON.stringify({ Id: 'abc', State: { Running: true, Pid: 7 }, Mounts: [{ Source: '/srv' }], Args: [] })
const shown = (folded: readonly string[], search: string) =>
  jsonRows(document, new Set(folded), search).map((row) => `${'  '.repeat(row.depth)}${row.label ?? ''} ${row.text}`)

test('a JSON document is one line for each value, in its own order', () => {
  expect(shown([], '')).toEqual([
    ' { }',
    '  Id "abc"',
    '  State { }',
    '    Running true',
    '    Pid 7',
    '  Mounts [ ]',
    '    0 { }',
    '      Source "/srv"',
    '  Args [ ]',
  ])
})

test('what is folded hides its parts alone', () => {
  expect(shown(['$\nState', '$\nMounts'], '')).toEqual([
    ' { }',
    '  Id "abc"',
    '  State { }',
    '  Mounts [ ]',
    '  Args [ ]',
  ])
})

test('a search keeps the lines that hold it and those that lead there, unfolded', () => {
  expect(shown(['$\nMounts'], 'SRV')).toEqual([' { }', '  Mounts [ ]', '    0 { }', '      Source "/srv"'])
  expect(shown([], 'pid: 7')).toEqual([' { }', '  State { }', '    Pid 7'])
  expect(shown([], 'nowhere')).toEqual([])
})

test('a text that is no JSON is its own lines', () => {
  expect(jsonRows('a: 1\nb: 2', new Set(), '').map((row) => row.text)).toEqual(['a: 1', 'b: 2'])
})
