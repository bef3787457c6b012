import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseChanges } from '@/server/apt/format/changes'
import { FormatError } from '@/server/apt/format/format-error'

const hex = (digit: string, length: number) => digit.repeat(length)

const CHANGES = `Format: 1.8
Date: Sat, 21 Nov 2026 10:00:00 +0000
Source: hello
Binary: hello hello-dbgsym
Architecture: source amd64
Version: 1:2.10-3
Distribution: unstable
Urgency: medium
Maintainer: Ann Example <ann@example.org>
Changed-By: Bob Example <bob@example.org>
Closes: 1001 1002
Changes:
 hello (1:2.10-3) unstable; urgency=medium
 .
   * Greet more (Closes: #1001, #1002).
Checksums-Sha1:
 ${hex('1', 40)} 1000 hello_2.10-3.dsc
 ${hex('2', 40)} 20000 hello_2.10-3_amd64.deb
Checksums-Sha256:
 ${hex('a', 64)} 1000 hello_2.10-3.dsc
 ${hex('B', 64)} 20000 hello_2.10-3_amd64.deb
Files:
 ${hex('3', 32)} 1000 contrib/devel optional hello_2.10-3.dsc
 ${hex('4', 32)} 20000 contrib/devel - hello_2.10-3_amd64.deb
`

const without = (field: string) => CHANGES.replace(new RegExp(`^${field}:.*\\n( .*\\n)*`, 'm'), '')

describe('a .changes file', () => {
  it('is read whole', () => {
    const { control, ...changes } = parseChanges(CHANGES)
    expect(control.get('Format')).toBe('1.8')
    expect(changes).toEqual({
      source: 'hello',
      version: '1:2.10-3',
      sourceVersion: '1:2.10-3',
      distribution: 'unstable',
      architectures: ['source', 'amd64'],
      binaries: ['hello', 'hello-dbgsym'],
      date: 'Sat, 21 Nov 2026 10:00:00 +0000',
      maintainer: 'Ann Example <ann@example.org>',
      changedBy: 'Bob Example <bob@example.org>',
      urgency: 'medium',
      closes: ['1001', '1002'],
      changes: '\n hello (1:2.10-3) unstable; urgency=medium\n .\n   * Greet more (Closes: #1001, #1002).',
      files: [
        {
          name: 'hello_2.10-3.dsc',
          size: 1000,
          md5: hex('3', 32),
          sha1: hex('1', 40),
          sha256: hex('a', 64),
          section: 'contrib/devel',
          priority: 'optional',
        },
        {
          name: 'hello_2.10-3_amd64.deb',
          size: 20000,
          md5: hex('4', 32),
          sha1: hex('2', 40),
          sha256: hex('b', 64),
          section: 'contrib/devel',
          priority: '-',
        },
      ],
    })
  })

  it('of a rebuild names the version of its source', () => {
    const rebuilt = CHANGES.replace('Source: hello', 'Source: hello (1:2.10-2)')
    expect(parseChanges(rebuilt)).toMatchObject({
      source: 'hello',
      sourceVersion: '1:2.10-2',
      version: '1:2.10-3',
    })
  })

  it('of sources alone names no binaries, and may lack SHA-1', () => {
    const changes = parseChanges(
      CHANGES.replace(/^Binary:.*\n/m, '').replace(/^Checksums-Sha1:\n( .*\n)*/m, ''),
    )
    expect(changes.binaries).toEqual([])
    expect(changes.files.map((file) => file.sha1)).toEqual([undefined, undefined])
  })

  it.each(['Source', 'Version', 'Distribution', 'Architecture', 'Files', 'Checksums-Sha256'])(
    'is refused without %s',
    (field) => {
      expect(() => parseChanges(without(field))).toThrow(`The field “${field}” is missing.`)
    },
  )

  it.each([
    ['its signature', `-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA512\n\n${CHANGES}`, 'is signed'],
    ['a wrong version', CHANGES.replace('1:2.10-3', '1:2.10_3'), 'is not a version'],
    ['a wrong source', CHANGES.replace('Source: hello', 'Source: ../hello'), 'names no source package'],
    ['two distributions', CHANGES.replace(': unstable', ': unstable testing'), 'one distribution'],
    ['a wrong architecture', CHANGES.replace('source amd64', 'source ../x'), 'is not an architecture'],
    ['a wrong binary', CHANGES.replace('hello-dbgsym', 'Hello/dbgsym'), 'is not the name of a package'],
    ['a file outside', CHANGES.replaceAll('hello_2.10-3.dsc', '../hello.dsc'), 'not the name of a file'],
    ['a hidden file', CHANGES.replaceAll('hello_2.10-3.dsc', '.dsc'), 'not the name of a file'],
    ['one file twice', CHANGES.replaceAll('hello_2.10-3_amd64.deb', 'hello_2.10-3.dsc'), 'twice'],
    [
      'other sizes',
      CHANGES.replace(`${hex('a', 64)} 1000`, `${hex('a', 64)} 1001`),
      '“hello_2.10-3.dsc” has 1000 bytes in Files, and 1001 in Checksums-Sha256.',
    ],
    [
      'other sizes of SHA-1',
      CHANGES.replace(`${hex('1', 40)} 1000`, `${hex('1', 40)} 1`),
      '1 in Checksums-Sha1',
    ],
    [
      'a file without SHA-256',
      CHANGES.replace(new RegExp(` ${hex('B', 64)}.*\n`), ''),
      'Checksums-Sha256 does not',
    ],
    [
      'a file that Files leaves out',
      CHANGES.replace(new RegExp(` ${hex('4', 32)}.*\n`), ''),
      'and Files does not',
    ],
    ['a hash of another length', CHANGES.replace(hex('a', 64), hex('a', 63)), 'lists no file'],
    ['a hash that is none', CHANGES.replace(hex('a', 64), hex('g', 64)), 'lists no file'],
    ['a size that is none', CHANGES.replaceAll(' 1000 ', ' -1 '), 'lists no file'],
    ['too many words', CHANGES.replace('optional hello', 'optional x hello'), 'lists no file'],
    ['the same field twice', `${CHANGES}Version: 1\n`, 'twice'],
    ['a second paragraph', `${CHANGES}\nFiles:\n x\n`, 'several paragraphs'],
    ['two lines in one', CHANGES.replace('Urgency: medium', 'Urgency: medium\n low'), 'must be one line'],
    [
      'no files',
      `${CHANGES.slice(0, CHANGES.indexOf('Checksums-Sha1'))}Files:\nChecksums-Sha256:\n`,
      '“Files” is missing',
    ],
  ])('is refused for %s', (_, text, message) => {
    expect(() => parseChanges(text)).toThrow(message)
    expect(() => parseChanges(text)).toThrow(FormatError)
  })

  it('throws nothing but a FormatError when any line of it is spoilt', () => {
    const lines = CHANGES.split('\n')
    fc.assert(
      fc.property(fc.nat(lines.length - 1), fc.string({ maxLength: 30 }), (index, line) => {
        const spoilt = lines.with(index, line).join('\n')
        try {
          expect(parseChanges(spoilt).files.length).toBeGreaterThan(0)
        } catch (error) {
          expect(error).toBeInstanceOf(FormatError)
        }
      }),
      { numRuns: 1000 },
    )
  })
})
