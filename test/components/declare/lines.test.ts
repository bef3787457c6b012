import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { filesOf, parseLines } from '@/components/declare/lines'

const hash = 'ab'.repeat(32)

describe('parseLines', () => {
  it.each([
    ['one URL', 'https://a.example.org/x', ['https://a.example.org/x']],
    ['blank lines and comments', '\n# tools\n  https://a.example.org/x  \n\n', ['https://a.example.org/x']],
    [
      'Windows line ends',
      'https://a.example.org/x\r\nhttps://a.example.org/y\r\n',
      ['https://a.example.org/x', 'https://a.example.org/y'],
    ],
    [
      'several on a line',
      'https://a.example.org/x https://a.example.org/y',
      ['https://a.example.org/x', 'https://a.example.org/y'],
    ],
    [
      'a list from code',
      `  "https://a.example.org/x",\n  'https://a.example.org/y',`,
      ['https://a.example.org/x', 'https://a.example.org/y'],
    ],
    [
      'bullets',
      '- https://a.example.org/x\n* <https://a.example.org/y>',
      ['https://a.example.org/x', 'https://a.example.org/y'],
    ],
    ['parentheses that belong to the URL', 'https://a.example.org/x_(1)', ['https://a.example.org/x_(1)']],
    ['parentheses around it', '(https://a.example.org/x)', ['https://a.example.org/x']],
    [
      'a sentence, as one fault',
      'please fetch https://a.example.org/x',
      ['please fetch https://a.example.org/x'],
    ],
    ['what is no URL', 'ftp.example.org', ['ftp.example.org']],
  ])('reads %s', (_, text, expected) => {
    expect(parseLines(text).map(({ uri }) => uri)).toEqual(expected)
  })

  it('takes the hash that stands beside a URL, on either side', () => {
    expect(
      parseLines(`${hash.toUpperCase()}  https://a.example.org/x\nhttps://a.example.org/y sha256:${hash}`),
    ).toEqual([
      { number: 1, uri: 'https://a.example.org/x', sha256: hash },
      { number: 2, uri: 'https://a.example.org/y', sha256: hash },
    ])
  })

  it('takes an integrity expression', () => {
    const [line] = parseLines('https://a.example.org/x sha512-Zm9v sha256-YmFy')
    expect(line).toEqual({ number: 1, uri: 'https://a.example.org/x', integrity: 'sha512-Zm9v sha256-YmFy' })
  })

  it('keeps the number of the line', () => {
    expect(parseLines('\n\nhttps://a.example.org/x').map(({ number }) => number)).toEqual([3])
  })

  it('loses and adds no URL, whatever the list', () => {
    const url = fc.webUrl({ withQueryParameters: true }).filter((text) => !/[()'"`,;<>]/.test(text))
    fc.assert(
      fc.property(fc.array(url, { maxLength: 6 }), (urls) => {
        expect(parseLines(urls.join('\n')).map(({ uri }) => uri)).toEqual(urls)
      }),
      { numRuns: 40 },
    )
  })
})

it('filesOf leaves the line number out', () => {
  expect(filesOf(parseLines(`https://a.example.org/x ${hash}`))).toEqual([
    { uri: 'https://a.example.org/x', sha256: hash },
  ])
})
