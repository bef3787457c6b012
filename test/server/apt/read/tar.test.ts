import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { FormatError } from '@/server/apt/format/format-error'
import { TarReader } from '@/server/apt/read/tar'
import { type Entry, paxRecord, tar, tarEntry } from '@/test/server/apt/read/archives'

interface Read {
  path: string
  type: string
  content: string
}

/** Reads an archive that comes in pieces of so many bytes. */
function readTar(
  archive: Buffer,
  piece = archive.length || 1,
  limits = { entries: 100, pathLength: 4096 },
): Read[] {
  const found: Read[] = []
  const reader = new TarReader(({ path, type }) => {
    const entry = { path, type, content: '' }
    found.push(entry)
    return (chunk) => {
      entry.content += Buffer.from(chunk).toString()
    }
  }, limits)
  for (let at = 0; at < archive.length; at += piece) reader.push(archive.subarray(at, at + piece))
  reader.finish()
  return found
}

const named = (name: string, content: string) => ({ path: name, type: 'file', content })
const long = `${'directory/'.repeat(30)}file`
const extended = (type: string, content: string): Entry => ({ path: '././@LongLink', type, content })

describe('a tar archive', () => {
  it('is read the same in whatever pieces it comes', () => {
    const entries = [
      { path: 'a', content: 'x'.repeat(511) },
      extended('L', `${long}\0`),
      { path: long.slice(0, 100), content: 'y'.repeat(513) },
      { path: 'empty' },
      { path: 'b', content: 'z'.repeat(512) },
    ]
    const archive = tar(entries)
    const whole = readTar(archive)
    expect(whole).toEqual([
      named('a', 'x'.repeat(511)),
      named(long, 'y'.repeat(513)),
      named('empty', ''),
      named('b', 'z'.repeat(512)),
    ])
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 3000 }), (piece) => {
        expect(readTar(archive, piece)).toEqual(whole)
      }),
    )
  })

  it('has long names as GNU and as POSIX write them', () => {
    const pax = paxRecord('mtime', '1.5') + paxRecord('path', `ü${long}`)
    const prefixed = tarEntry({ path: 'file', content: 'p' })
    prefixed.write('far/away', 345)
    const sum = prefixed
      .subarray(0, 512)
      .reduce((all, byte, at) => all + (at >= 148 && at < 156 ? 32 : byte), 0)
    prefixed.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148)
    const archive = tar([
      { path: 'pax', type: 'x', content: pax },
      { path: 'short', content: '1' },
      extended('K', `${long}\0`),
      extended('L', `${long}2\0`),
      { path: 'short', type: '2', link: 'x' },
      { path: 'global', type: 'g', content: paxRecord('path', 'for-all') },
      { path: 'after', content: '3' },
    ])
    expect(readTar(Buffer.concat([prefixed, archive]))).toEqual([
      named('far/away/file', 'p'),
      named(`ü${long}`, '1'),
      { path: `${long}2`, type: 'symlink', content: '' },
      named('after', '3'),
    ])
  })

  it('has sizes in octal, in base 256, and in a pax header', () => {
    const binary = Buffer.alloc(12)
    binary[0] = 0x80
    binary.writeUInt32BE(3, 8)
    const archive = tar([
      { path: 'a', content: 'abc', size: binary },
      { path: 'pax', type: 'x', content: paxRecord('size', '2') },
      { path: 'b', content: 'de', size: 0 },
      { path: 'c', content: 'f', size: Buffer.from('     1 \0    ') },
    ])
    expect(readTar(archive)).toEqual([named('a', 'abc'), named('b', 'de'), named('c', 'f')])
  })

  it('ends at its end, whatever follows', () => {
    expect(readTar(Buffer.concat([tar([{ path: 'a' }]), Buffer.from('junk'.repeat(500))]))).toEqual([
      named('a', ''),
    ])
    expect(readTar(tarEntry({ path: 'a', content: 'b' }))).toEqual([named('a', 'b')])
    expect(readTar(Buffer.alloc(0))).toEqual([])
  })

  it('takes no content for links and devices, whatever their headers say', () => {
    const archive = tar([
      { path: 'l', type: '1', size: 999_999 },
      { path: 'd', type: '3', size: 512 },
      { path: 'f' },
    ])
    expect(readTar(archive).map(({ path, type }) => [path, type])).toEqual([
      ['l', 'link'],
      ['d', 'other'],
      ['f', 'file'],
    ])
  })

  it.each<[string, Buffer, string]>([
    ['no tar', Buffer.alloc(512, 'a'), 'no tar archive'],
    ['half a header', tar([{ path: 'a' }]).subarray(0, 300), 'cut off'],
    ['half a content', tarEntry({ path: 'a', content: 'x'.repeat(600) }).subarray(0, 900), 'cut off'],
    ['a size that is no number', tar([{ path: 'a', size: Buffer.from('99999999999\0') }]), 'has no size'],
    ['a negative size', tar([{ path: 'a', size: Buffer.alloc(12, 0xff) }]), 'has no size'],
    [
      'a size beyond all',
      tar([{ path: 'a', size: Buffer.concat([Buffer.from([0x80]), Buffer.alloc(11, 0xff)]) }]),
      'no size',
    ],
    ['a long name of megabytes', tar([extended('L', 'x'.repeat(2_000_000))]), 'too long'],
    ['a long name that claims gigabytes', tar([{ path: 'a', type: 'L', size: 0o37777777777 }]), 'too long'],
    ['a pax header of megabytes', tar([extended('x', paxRecord('path', 'x'.repeat(2_000_000)))]), 'too long'],
    ['endless extended headers', tar(Array.from({ length: 40 }, () => extended('L', 'a'))), 'too long'],
    [
      'a path that is too long',
      tar([extended('L', 'x'.repeat(5000)), { path: 'a' }]),
      'longer than 4096 bytes',
    ],
    ['a pax record that lies', tar([extended('x', '99 path=a\n')]), 'cannot be read'],
    ['a pax record of no length', tar([extended('x', '0 path=a\n')]), 'cannot be read'],
    ['a pax record of negative length', tar([extended('x', '-5 path=a\n')]), 'cannot be read'],
    ['a pax record without a value', tar([extended('x', '8 path\n\n')]), 'cannot be read'],
    ['a pax size that is none', tar([extended('x', paxRecord('size', '-1'))]), 'a size that is none'],
    ['a kind that is not known', tar([{ path: 'a', type: 'M' }]), 'unknown type "M"'],
    [
      'too many entries',
      tar(Array.from({ length: 101 }, (_, at) => ({ path: `f${at}` }))),
      'more than 100 entries',
    ],
  ])('is refused for %s', (_, archive, message) => {
    expect(() => readTar(archive)).toThrow(message)
    expect(() => readTar(archive)).toThrow(FormatError)
  })

  it('throws nothing but a FormatError when its bytes are spoilt', () => {
    const archive = tar([
      extended('x', paxRecord('path', 'p')),
      { path: 'a', content: 'b' },
      extended('L', 'c'),
      { path: 'd' },
    ])
    const change = fc.tuple(fc.nat(archive.length - 1), fc.nat(255))
    fc.assert(
      fc.property(fc.array(change, { maxLength: 4 }), fc.boolean(), (changes, fixed) => {
        const spoilt = Buffer.from(archive)
        for (const [at, byte] of changes) spoilt[at] = byte
        if (fixed) fixChecksum(spoilt)
        try {
          readTar(spoilt, 700)
        } catch (error) {
          expect(error).toBeInstanceOf(FormatError)
        }
      }),
      { numRuns: 2000 },
    )
  })
})

/** So that what is spoilt in the first header is looked at, and not only its sum. */
function fixChecksum(archive: Buffer): void {
  const sum = archive.subarray(0, 512).reduce((all, byte, at) => all + (at >= 148 && at < 156 ? 32 : byte), 0)
  archive.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148)
}
