import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Control, decodeText, formatControl, paragraphsOf, parseParagraph } from '@/server/apt/format/control'
import { FormatError } from '@/server/apt/format/format-error'
import { cpuTimeOf } from '@/test/support/cpu-time'

const faultOf = (run: () => unknown): FormatError => {
  try {
    run()
  } catch (error) {
    if (error instanceof FormatError) return error
    throw error
  }
  throw new Error('It was taken.')
}

describe('a control file', () => {
  it('is read field by field, in order, whatever the case of a name', () => {
    const control = parseParagraph(
      'Package: hello\nVERSION:1.0\nX-Empty:\nDescription: short \n long\n  verbatim\n .\n end\t\n',
    )
    expect(control.fields).toEqual([
      ['Package', 'hello'],
      ['VERSION', '1.0'],
      ['X-Empty', ''],
      ['Description', 'short \n long\n  verbatim\n .\n end'],
    ])
    expect(control.get('version')).toBe('1.0')
    expect(control.get('x-empty')).toBe('')
    expect(control.get('Depends')).toBeUndefined()
    expect(() => control.need('Depends')).toThrow('The field “Depends” is missing.')
    expect(() => control.need('X-Empty')).toThrow('missing')
    expect(() => control.line('Description')).toThrow('must be one line')
  })

  it('keeps the lines of a field that begins empty', () => {
    expect(parseParagraph('Files: \n a 1 b\n\tc 2 d\n').get('Files')).toBe('\n a 1 b\n\tc 2 d')
  })

  it('may lack its last line end, begin and end with blank lines, and hold comments and paragraphs', () => {
    const text = '\n# one\nA: 1\n# two\nB: 2\n\n\n\nC: 3\n\n# three\n\n\nD: 4'
    expect([...paragraphsOf(text)].map((control) => control.fields)).toEqual([
      [
        ['A', '1'],
        ['B', '2'],
      ],
      [['C', '3']],
      [['D', '4']],
    ])
    expect([...paragraphsOf('')]).toEqual([])
    expect([...paragraphsOf('\n\n# nothing\n')]).toEqual([])
  })

  it('may have colons and anything else in its values', () => {
    expect(parseParagraph('Homepage: https://example.org/a:b\nX: ü – ☃ 💾\n').get('homepage')).toBe(
      'https://example.org/a:b',
    )
  })

  it.each([
    ['a field twice', 'A: 1\nB: 2\na: 3\n', 'The field “a” is there twice'],
    ['a continuation of nothing', ' A: 1\n', 'Line 1 continues a field, and none is open.'],
    ['a continuation after a blank line', 'A: 1\n\n b\n', 'Line 3 continues a field'],
    ['a blank line within a field', 'A: 1\n b\n  \t\n c\n', 'Line 3 is blank in the middle of “A”'],
    ['a comment within a field', 'A: 1\n b\n# c\n d\n', 'Line 3 is a comment in the middle of a field.'],
    [
      'a line without a colon',
      'A: 1\nhello\n',
      'Line 2 is neither a field nor the continuation of one: “hello”.',
    ],
    ['a name with a space', 'A b: 1\n', 'neither a field'],
    ['an empty name', ': 1\n', 'neither a field'],
    ['a name that begins with a hyphen', '-A: 1\n', 'neither a field'],
    ['a name that is no ASCII', 'Ä: 1\n', 'neither a field'],
    ['a name of a thousand letters', `${'A'.repeat(1000)}: 1\n`, 'neither a field'],
    ['a carriage return', 'A: 1\r\nB: 2\r\n', 'Line 1 has a carriage return'],
    ['a NUL', 'A: 1\nB: \0\n', 'Line 2 has a NUL character.'],
    ['two paragraphs', 'A: 1\n\nB: 2\n', 'several paragraphs'],
    ['nothing', '\n\n', 'The control file is empty.'],
  ])('is refused for %s', (_, text, message) => {
    expect(faultOf(() => parseParagraph(text)).message).toContain(message)
  })

  it('is bounded in the length of a field and in their number', () => {
    const long = `A: 1\nB: ${'x'.repeat(2 * 1024 * 1024)}\nC: 3\n`
    expect(faultOf(() => parseParagraph(long)).message).toContain('“B” is longer than 1048576 characters')
    expect(parseParagraph(long, { fieldLength: 4 * 1024 * 1024 }).get('C')).toBe('3')
    const folded = `A: 1\n${` ${'x'.repeat(78)}\n`.repeat(20_000)}`
    expect(faultOf(() => parseParagraph(folded)).message).toContain('longer than')
    const many = Array.from({ length: 1001 }, (_, index) => `F${index}: x\n`).join('')
    expect(faultOf(() => parseParagraph(many)).message).toContain('1000 fields')
  })

  it('tells messages that cannot break a page or a log', () => {
    const { message } = faultOf(() => parseParagraph(`${'\u001b[31m'.repeat(50)}\n`))
    expect(message).not.toMatch(/\p{Cc}/u)
    expect(message.length).toBeLessThan(150)
  })

  it('can be read one paragraph at a time, up to where it is wrong', () => {
    const paragraphs = paragraphsOf('A: 1\n\nB: 2\n\nwrong\n')
    expect(paragraphs.next().value?.get('A')).toBe('1')
    expect(paragraphs.next().value?.get('B')).toBe('2')
    expect(faultOf(() => paragraphs.next()).line).toBe(5)
  })

  it('throws nothing but a FormatError, whatever it is given', () => {
    const piece = fc.constantFrom('A', ':', ' ', '\n', '\t', '#', '.', '\r', '\0', 'b: c\n', '\n ', 'ü')
    const text = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.array(piece, { maxLength: 40 }).map((all) => all.join('')),
    )
    fc.assert(
      fc.property(text, (given) => {
        try {
          for (const { fields } of paragraphsOf(given)) expect(fields.length).toBeGreaterThan(0)
        } catch (error) {
          expect(error).toBeInstanceOf(FormatError)
        }
      }),
      { numRuns: 1000 },
    )
  })

  it('takes time in proportion to its length', () => {
    const text = `A: ${' '.repeat(500_000)}x\nB:${'\n x'.repeat(100_000)}\n`
    expect(cpuTimeOf(() => parseParagraph(text))).toBeLessThan(1000)
  })
})

describe('writing a paragraph', () => {
  it('leaves out what has no value', () => {
    expect(
      formatControl([
        ['A', '1'],
        ['B', undefined],
        ['C', ''],
        ['D', '\n x\n y'],
        ['E', 's\n .\n l'],
      ]),
    ).toBe('A: 1\nC:\nD:\n x\n y\nE: s\n .\n l\n')
  })

  it.each([
    ['A', 'x\nB: forged'],
    ['A', 'x\n\n y'],
    ['A', 'x\n \n y'],
    ['A', 'x\n'],
    ['A', 'x\r'],
    ['A', '\0'],
    ['A\n', 'x'],
    ['A: b', 'x'],
    ['#A', 'x'],
    ['', 'x'],
  ])('refuses %j: %j, which would be something else when read', (name, value) => {
    expect(() => formatControl([[name, value]])).toThrow(FormatError)
  })

  it('is undone by reading, whatever the values', () => {
    const name = fc.stringMatching(/^[A-Z][A-Za-z0-9-]{0,10}$/)
    const value = fc.string({
      unit: fc.constantFrom('a', ' ', '\n', '\t', '.', ':', '#', 'ü', '\r'),
      maxLength: 12,
    })
    const fields = fc.uniqueArray(fc.tuple(name, value), {
      selector: ([key]) => key.toLowerCase(),
      minLength: 1,
    })
    fc.assert(
      fc.property(fields, (given) => {
        let text: string
        try {
          text = formatControl(given)
        } catch (error) {
          expect(error).toBeInstanceOf(FormatError)
          return
        }
        expect(text).toMatch(/[^\n]\n$/)
        expect(text).not.toMatch(/\n\n/)
        const trimmed = given.map(([key, one]) => [key, one.replace(/^[ \t]+|[ \t]+$/g, '')])
        expect(parseParagraph(text).fields).toEqual(trimmed)
      }),
      { numRuns: 1000 },
    )
  })

  it('has each field once', () => {
    expect(
      () =>
        new Control([
          ['A', '1'],
          ['a', '2'],
        ]),
    ).toThrow('twice')
  })
})

describe('the text of a control file', () => {
  it('is UTF-8, or, where that is asked for, Latin-1', () => {
    expect(decodeText(Buffer.from('Žižek'))).toBe('Žižek')
    const old = Buffer.from('Maintainer: Jérôme\n', 'latin1')
    expect(() => decodeText(old, { what: 'The .dsc file' })).toThrow('The .dsc file is not valid UTF-8.')
    expect(decodeText(old, { fallback: 'latin1' })).toBe('Maintainer: Jérôme\n')
  })
})
