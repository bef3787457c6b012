import { describe, expect, it } from 'vitest'
import { countMarks, lineFaults, type Mark, marksOf, submitOf } from '@/components/declare/check'
import { parseLines } from '@/components/declare/lines'

const declared = (outcome: 'new' | 'use' | 'known' | 'repeat') => ({
  outcome,
  id: null,
  uri: 'https://a.example.org/x',
})
const lines = (count: number) =>
  parseLines(Array.from({ length: count }, (_, index) => `https://a.example.org/${index}`).join('\n'))
const check = (...marks: Mark[]) => ({ marks })
const fault: Mark = { outcome: 'fault', message: 'The URL names no host.' }

describe('lineFaults', () => {
  it('keeps the first fault of each line, and none of other fields', () => {
    const byLine = lineFaults([
      { path: 'files.3.uri', message: 'The URL names no host.' },
      { path: 'files.3.sha256', message: 'A SHA-256 has 64 hexadecimal digits.' },
      { path: 'files.12', message: 'Give a URL.' },
      { path: 'licence', message: 'Unknown licence.' },
    ])
    expect([...byLine]).toEqual([
      [3, 'The URL names no host.'],
      [12, 'Give a URL.'],
    ])
  })
})

describe('marksOf', () => {
  it('puts outcomes between faults, in the order of the lines', () => {
    const marks = marksOf(4, new Map([[1, 'No.']]), [declared('new'), declared('use'), declared('repeat')])
    expect(marks.map(({ outcome }) => outcome)).toEqual(['new', 'fault', 'use', 'repeat'])
  })
})

it('countMarks counts every kind', () => {
  expect(countMarks([declared('new'), declared('new'), fault])).toEqual({
    new: 2,
    use: 0,
    known: 0,
    repeat: 0,
    fault: 1,
  })
})

describe('submitOf', () => {
  it.each([
    ['nothing given', 0, undefined, 'Declare', 'Give at least one URL.'],
    ['not checked yet', 12, undefined, 'Declare 12 files', undefined],
    ['one new', 1, check(declared('new')), 'Declare this file', undefined],
    [
      'some given twice',
      3,
      check(declared('new'), declared('repeat'), declared('use')),
      'Declare 2 files',
      undefined,
    ],
    ['only known files', 2, check(declared('use'), declared('use')), 'Add 2 uses', undefined],
    ['a single known file', 1, check(declared('use')), 'Add this use', undefined],
    ['nothing to do', 1, check(declared('known')), 'Declare', 'Your team uses all of these already.'],
    ['a fault', 2, check(fault, declared('new')), 'Declare this file', 'Correct one line first.'],
    ['a check of an earlier text', 2, check(fault), 'Declare 2 files', undefined],
  ])('%s', (_, count, given, verb, refusal) => {
    expect(submitOf(lines(count), given)).toEqual(refusal === undefined ? { verb } : { verb, refusal })
  })
})
