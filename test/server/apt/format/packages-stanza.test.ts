import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseParagraph } from '@/server/apt/format/control'
import { formatPackagesStanza } from '@/server/apt/format/packages-stanza'

const file = {
  path: 'pool/main/h/hello/hello_1.0_amd64.deb',
  size: 1234,
  md5: 'm'.repeat(32),
  sha1: 's'.repeat(40),
  sha256: 'h'.repeat(64),
}
const stanzaOf = (text: string) => formatPackagesStanza({ control: parseParagraph(text), ...file })

describe('the stanza of a package', () => {
  it('has the fields in the order of apt-ftparchive, and its description cut to the first line', () => {
    const text = [
      'X-Own: zz',
      'Description: Greet \n At length.\n .\n  verbatim',
      'Version: 1.0',
      'Depends: libc6',
      'Maintainer: Ann <ann@example.org>',
      'Architecture: amd64',
      'a-own: aa',
      'PACKAGE: hello',
      '',
    ].join('\n')
    const description = 'Greet \n At length.\n .\n  verbatim'
    const descriptionMd5 = createHash('md5').update(`${description}\n`).digest('hex')
    expect(stanzaOf(text)).toEqual({
      stanza: [
        'PACKAGE: hello',
        'Architecture: amd64',
        'Version: 1.0',
        'Maintainer: Ann <ann@example.org>',
        'Depends: libc6',
        `Filename: ${file.path}`,
        'Size: 1234',
        `MD5sum: ${file.md5}`,
        `SHA1: ${file.sha1}`,
        `SHA256: ${file.sha256}`,
        'Description: Greet',
        `Description-md5: ${descriptionMd5}`,
        'X-Own: zz',
        'a-own: aa',
        '',
      ].join('\n'),
      summary: 'Greet',
      longDescription: ' At length.\n .\n  verbatim',
      descriptionMd5,
    })
  })

  it('says of the file what is so, whatever the package says', () => {
    const { stanza } = stanzaOf(
      'Package: hello\nFilename: /etc/passwd\nsize: 1\nMD5Sum: 0\nSHA1: 0\nsha256: 0\nSHA512: 0\nDescription-md5: 0\nStatus: install ok installed\nConffiles:\n /etc/x 0\n',
    )
    expect(stanza).toBe(
      `Package: hello\nFilename: ${file.path}\nSize: 1234\nMD5sum: ${file.md5}\nSHA1: ${file.sha1}\nSHA256: ${file.sha256}\n`,
    )
  })

  it('does without a description, or without a long one', () => {
    expect(stanzaOf('Package: hello\n')).toMatchObject({
      summary: '',
      longDescription: null,
      descriptionMd5: null,
    })
    expect(stanzaOf('Package: hello\nDescription: short\n')).toMatchObject({
      summary: 'short',
      longDescription: null,
      descriptionMd5: createHash('md5').update('short\n').digest('hex'),
    })
  })

  it('is one paragraph, with all fields of the package, whatever those are', () => {
    const line = fc.string({ unit: fc.constantFrom('a', ' ', '\t', '.', ':', '#', 'é'), maxLength: 6 })
    const value = fc.tuple(
      line,
      fc.array(
        line.map((text) => `\n ${text}.`),
        { maxLength: 3 },
      ),
    )
    const name = fc.constantFrom('Package', 'Description', 'Depends', 'Tag', 'X-One', 'X-Two', 'Section')
    const fields = fc.uniqueArray(fc.tuple(name, value), { selector: ([key]) => key, minLength: 1 })
    fc.assert(
      fc.property(fields, (given) => {
        const control = parseParagraph(
          given.map(([key, [first, more]]) => `${key}: ${first}${more.join('')}\n`).join(''),
        )
        const { stanza, summary, longDescription } = formatPackagesStanza({ control, ...file })
        expect(stanza).toMatch(/[^\n]\n$/)
        const read = parseParagraph(stanza)
        for (const [key, text] of control.fields)
          expect(read.get(key)).toBe(key === 'Description' ? summary : text)
        const whole = longDescription === null ? summary : `${summary}\n${longDescription}`
        expect(whole.replace(/[ \t]+\n/, '\n')).toBe(
          (control.get('Description') ?? '').replace(/[ \t]+\n/, '\n'),
        )
      }),
    )
  })
})
