import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { FormatError } from '@/server/apt/format/format-error'
import { formatRelease, parseRelease, type ReleaseInput } from '@/server/apt/format/release'

const release: ReleaseInput = {
  origin: 'Example',
  label: 'Example tools',
  suite: 'testing',
  codename: 'testing',
  date: new Date('2026-11-01T09:05:07.900Z'),
  architectures: ['amd64', 'arm64'],
  components: ['main', 'contrib'],
  files: [
    { path: 'main/binary-amd64/Packages', size: 123456, sha256: 'a'.repeat(64) },
    { path: 'main/binary-amd64/Packages.gz', size: 7, sha256: 'b'.repeat(64) },
  ],
}

describe('a Release file', () => {
  it('has only what is set, and dates that end in UTC', () => {
    expect(formatRelease(release)).toBe(
      [
        'Origin: Example',
        'Label: Example tools',
        'Suite: testing',
        'Codename: testing',
        'Date: Sun, 01 Nov 2026 09:05:07 UTC',
        'Architectures: amd64 arm64',
        'Components: main contrib',
        'SHA256:',
        ` ${'a'.repeat(64)} 123456 main/binary-amd64/Packages`,
        ` ${'b'.repeat(64)}      7 main/binary-amd64/Packages.gz`,
        '',
      ].join('\n'),
    )
  })

  it('has all that can be set', () => {
    const full = formatRelease({
      ...release,
      version: '13.2',
      validUntil: new Date('2026-11-08T00:00:00Z'),
      description: 'Tools of the example',
      notAutomatic: true,
      butAutomaticUpgrades: true,
      acquireByHash: true,
      snapshots: 'https://example.org/apt/tools/snapshots/@SNAPSHOTID@/',
      noSupportForArchitectureAll: 'Packages',
      files: [],
    })
    expect(full.split('\n').slice(2)).toEqual([
      'Suite: testing',
      'Version: 13.2',
      'Codename: testing',
      'Date: Sun, 01 Nov 2026 09:05:07 UTC',
      'Valid-Until: Sun, 08 Nov 2026 00:00:00 UTC',
      'NotAutomatic: yes',
      'ButAutomaticUpgrades: yes',
      'Acquire-By-Hash: yes',
      'Snapshots: https://example.org/apt/tools/snapshots/@SNAPSHOTID@/',
      'No-Support-for-Architecture-all: Packages',
      'Architectures: amd64 arm64',
      'Components: main contrib',
      'Description: Tools of the example',
      'SHA256:',
      '',
    ])
  })

  it('cannot be made to say more by one of its values', () => {
    expect(() => formatRelease({ ...release, label: 'x\nSuite: stable' })).toThrow(FormatError)
  })

  it('is read back as it was written', () => {
    const read = parseRelease(formatRelease({ ...release, acquireByHash: true, validUntil: release.date }))
    expect(read).toMatchObject({
      origin: 'Example',
      label: 'Example tools',
      suite: 'testing',
      codename: 'testing',
      version: undefined,
      date: new Date('2026-11-01T09:05:07Z'),
      validUntil: new Date('2026-11-01T09:05:07Z'),
      architectures: ['amd64', 'arm64'],
      components: ['main', 'contrib'],
      acquireByHash: true,
      files: release.files,
    })
  })

  it('of another repository may have other hashes, a flat layout and no dates', () => {
    const read = parseRelease(
      `MD5Sum:\n ${'1'.repeat(32)} 5 ./Packages\n ${'2'.repeat(32)} 6 Sources\nSHA1:\n ${'A'.repeat(40)} 5 Packages\n`,
    )
    expect(read).toMatchObject({ date: undefined, components: [], acquireByHash: false })
    expect(read.files).toEqual([
      { path: 'Packages', size: 5, md5: '1'.repeat(32), sha1: 'a'.repeat(40), sha256: undefined },
      { path: 'Sources', size: 6, md5: '2'.repeat(32), sha1: undefined, sha256: undefined },
    ])
  })

  it.each([
    ['a path that leads out of it', `SHA256:\n ${'a'.repeat(64)} 1 ../../etc/passwd\n`, 'lists no file'],
    ['an absolute path', `SHA256:\n ${'a'.repeat(64)} 1 /etc/passwd\n`, 'lists no file'],
    ['a hash that is none', `SHA256:\n ${'a'.repeat(63)} 1 Packages\n`, 'lists no file'],
    ['a size that is none', `SHA256:\n ${'a'.repeat(64)} x Packages\n`, 'lists no file'],
    ['a line of too few words', `SHA256:\n ${'a'.repeat(64)} 1\n`, 'lists no file'],
    [
      'two sizes of one file',
      `SHA1:\n ${'a'.repeat(40)} 1 Packages\nSHA256:\n ${'a'.repeat(64)} 2 Packages\n`,
      '“Packages” with two sizes',
    ],
    ['nothing', '', 'is empty'],
    ['a page of HTML', '<html>\n<p>: x</p>\n\n<b>: y\n', 'neither a field'],
  ])('is refused for %s', (_, text, message) => {
    expect(() => parseRelease(text)).toThrow(message)
    expect(() => parseRelease(text)).toThrow(FormatError)
  })

  it('throws nothing but a FormatError when any line of it is spoilt', () => {
    const lines = formatRelease(release).split('\n')
    fc.assert(
      fc.property(fc.nat(lines.length - 1), fc.string({ maxLength: 30 }), (index, line) => {
        try {
          parseRelease(lines.with(index, line).join('\n'))
        } catch (error) {
          expect(error).toBeInstanceOf(FormatError)
        }
      }),
      { numRuns: 500 },
    )
  })
})
