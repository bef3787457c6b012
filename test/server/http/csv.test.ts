import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { csvLine } from '@/server/http/csv'

/** Reads one line as RFC 4180 has it. */
function readLine(line: string): string[] {
  const cells = [...`,${line.slice(0, -2)}`.matchAll(/,(?:"((?:[^"]|"")*)"|([^",]*))/gs)]
  return cells.map(([, quoted, plain]) => quoted?.replaceAll('""', '"') ?? plain ?? '')
}

describe('a line', () => {
  it.each([
    [['a', 1, null, ''], 'a,1,,\r\n'],
    [['a,b', 'say "so"', 'two\nlines'], '"a,b","say ""so""","two\nlines"\r\n'],
    [['=HYPERLINK("x")', '+1', '-1', '@x', '\tx'], '"\'=HYPERLINK(""x"")",\'+1,\'-1,\'@x,\'\tx\r\n'],
    [[-5], '-5\r\n'],
  ])('%j', (cells, line) => expect(csvLine(cells)).toBe(line))

  it('is read back as it was, or behind an apostrophe', () => {
    fc.assert(
      fc.property(fc.array(fc.string(), { minLength: 1, maxLength: 5 }), (cells) => {
        const read = readLine(csvLine(cells))
        expect(read.map((cell, place) => (cell === cells[place] ? cell : cell.replace(/^'/, '')))).toEqual(
          cells,
        )
        expect(read.some((cell) => /^[=+\-@\t\r]/.test(cell))).toBe(false)
      }),
    )
  })
})
