import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseDsc } from '@/server/apt/format/dsc'
import { FormatError } from '@/server/apt/format/format-error'

const DSC = `Format: 3.0 (quilt)
Source: hello
Binary: hello, hello-doc,
 libhello1
Architecture: any all
Version: 1:2.10-3
Maintainer: Ann Example <ann@example.org>
Package-List:
 hello deb devel optional arch=any

 hello-doc deb contrib/doc optional arch=all profile=!nodoc
Checksums-Sha1:
 ${'1'.repeat(40)} 700 hello_2.10.orig.tar.gz
Checksums-Sha256:
 ${'2'.repeat(64)} 700 hello_2.10.orig.tar.gz
Files:
 ${'3'.repeat(32)} 700 hello_2.10.orig.tar.gz
`.replace('\n\n hello-doc', '\n hello-doc')

describe('a .dsc file', () => {
  it('is read whole', () => {
    const { control, ...dsc } = parseDsc(DSC)
    expect(control.get('maintainer')).toBe('Ann Example <ann@example.org>')
    expect(dsc).toEqual({
      source: 'hello',
      version: '1:2.10-3',
      format: '3.0 (quilt)',
      binaries: ['hello', 'hello-doc', 'libhello1'],
      architectures: ['any', 'all'],
      maintainer: 'Ann Example <ann@example.org>',
      packageList: [
        { name: 'hello', type: 'deb', section: 'devel', priority: 'optional' },
        { name: 'hello-doc', type: 'deb', section: 'contrib/doc', priority: 'optional' },
      ],
      files: [
        {
          name: 'hello_2.10.orig.tar.gz',
          size: 700,
          md5: '3'.repeat(32),
          sha1: '1'.repeat(40),
          sha256: '2'.repeat(64),
        },
      ],
    })
  })

  it('of an old tool may have no list of packages and no format', () => {
    const old = DSC.replace(/^Package-List:\n( .*\n)*/m, '').replace(/^Format.*\n/m, '')
    expect(parseDsc(old)).toMatchObject({ packageList: [], format: '1.0' })
  })

  it.each([
    ['its signature', `\n-----BEGIN PGP SIGNED MESSAGE-----\n${DSC}`, 'is signed'],
    ['no source', DSC.replace(/^Source.*\n/m, ''), '“Source” is missing'],
    ['a wrong source', DSC.replace('Source: hello', 'Source: hello (1)'), 'not the name of a package'],
    ['no version', DSC.replace(/^Version.*\n/m, ''), '“Version” is missing'],
    ['a wrong version', DSC.replace('Version: 1:2', 'Version: x:2'), 'not a version'],
    ['a wrong binary', DSC.replace('hello-doc,', '../x,'), 'not the name of a package'],
    [
      'a wrong list of packages',
      DSC.replace('hello deb devel optional arch=any', 'hello deb'),
      'lists no package',
    ],
    ['a file outside', DSC.replaceAll('hello_2.10.orig', 'x/../../hello'), 'not the name of a file'],
    [
      'lists that do not agree',
      DSC.replace(`${'2'.repeat(64)} 700`, `${'2'.repeat(64)} 7`),
      '7 in Checksums-Sha256',
    ],
    ['no SHA-256', DSC.replace(/^Checksums-Sha256:\n .*\n/m, ''), '“Checksums-Sha256” is missing'],
  ])('is refused for %s', (_, text, message) => {
    expect(() => parseDsc(text)).toThrow(message)
    expect(() => parseDsc(text)).toThrow(FormatError)
  })

  it('throws nothing but a FormatError when any line of it is spoilt', () => {
    const lines = DSC.split('\n')
    fc.assert(
      fc.property(fc.nat(lines.length - 1), fc.string({ maxLength: 30 }), (index, line) => {
        try {
          expect(parseDsc(lines.with(index, line).join('\n')).files.length).toBeGreaterThan(0)
        } catch (error) {
          expect(error).toBeInstanceOf(FormatError)
        }
      }),
      { numRuns: 500 },
    )
  })
})
