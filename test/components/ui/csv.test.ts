import { describe, expect, it } from 'vitest'
import { csvCell, csvText } from '@/components/ui/csv'

describe('CSV', () => {
  it.each([
    [null, ''],
    [undefined, ''],
    [12, '12'],
    [-12, '-12'],
    ['plain', 'plain'],
    ['a,b', '"a,b"'],
    ['say "no"', '"say ""no"""'],
    ['two\nlines', '"two\nlines"'],
  ])('%j becomes %s', (value, cell) => expect(csvCell(value)).toBe(cell))

  it.each(['=1+1', '+1', '-1', '@sum', '\tx'])('%j is no formula any more', (value) => {
    expect(csvCell(value)).toBe(`'${value}`)
  })

  it('ends each line as RFC 4180 says', () => {
    expect(
      csvText([
        ['a', 'b'],
        [1, null],
      ]),
    ).toBe('a,b\r\n1,\r\n')
  })
})
