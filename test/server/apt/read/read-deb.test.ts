import { createHash, randomBytes } from 'node:crypto'
import { Readable } from 'node:stream'
import { gzipSync } from 'node:zlib'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { FormatError } from '@/server/apt/format/format-error'
import { type DebOptions, readDeb } from '@/server/apt/read/read-deb'
import { type ByteSource, sourceInMemory } from '@/server/storage/source'
import { ar, CONTROL, deb, type Entry, type Member, tar, tarEntry } from '@/test/server/apt/read/archives'

const read = (bytes: Buffer, options?: DebOptions) => readDeb(sourceInMemory(bytes), bytes.length, options)
const readAll = (bytes: Buffer) => read(bytes, { wantPaths: true })
const named = (name: string, change: Partial<Member>) => (all: Member[]) =>
  all.map((member) => (member.name === name ? { ...member, ...change } : member))

async function faultOf(reading: Promise<unknown>): Promise<string> {
  try {
    await reading
  } catch (error) {
    expect(error).toBeInstanceOf(FormatError)
    return error instanceof Error ? error.message : ''
  }
  throw new Error('It was taken.')
}

describe('a binary package', () => {
  it('is read: its control file, its paths, how it is compressed', async () => {
    const { control, ...facts } = await readAll(deb())
    expect(control.get('Description')).toBe('greet\n At length.')
    expect(facts).toEqual({
      controlText: CONTROL,
      name: 'hello',
      version: '1.0-1',
      architecture: 'amd64',
      paths: ['usr/bin/hello'],
      changelog: null,
      compression: { control: 'gzip', data: 'gzip' },
    })
    expect(await read(deb())).toMatchObject({ paths: undefined, changelog: null })
  })

  it('may have members of others between its own, and anything after them', async () => {
    const extra = { name: '_gpgorigin', content: Buffer.from('odd') }
    const more = deb({ members: (all) => all.flatMap((member) => [member, extra]) })
    expect((await readAll(more)).paths).toEqual(['usr/bin/hello'])
    const after = Buffer.concat([deb(), Buffer.from('!')])
    expect((await readAll(after)).name).toBe('hello')
  })

  it('may have names as GNU ar writes them', async () => {
    const bytes = deb({ members: (all) => all.map((member) => ({ ...member, name: `${member.name}/` })) })
    expect((await read(bytes)).name).toBe('hello')
  })

  it('need not be compressed', async () => {
    const plain = deb({
      members: (all) => [
        ...all.slice(0, 1),
        { name: 'control.tar', content: tar([{ path: 'control', content: CONTROL }]) },
        { name: 'data.tar', content: tar([{ path: 'a', content: 'x' }]) },
      ],
    })
    expect(await readAll(plain)).toMatchObject({
      paths: ['a'],
      compression: { control: 'none', data: 'none' },
    })
  })

  it('is read in as few pieces as it takes, and its data in a stream', async () => {
    const large = deb({ data: tar([{ path: 'noise', content: randomBytes(300_000) }]) })
    const asked: string[] = []
    const source = sourceInMemory(large)
    const watched: ByteSource = {
      read: (range) => {
        asked.push(`read ${range?.start}-${range?.end}`)
        return source.read(range)
      },
      feed: (sink, range) => {
        asked.push(`feed ${range?.start}-${range?.end}`)
        return source.feed(sink, range)
      },
    }
    await readDeb(watched, large.length)
    expect(asked).toEqual(['feed 0-65535'])
    asked.length = 0
    expect((await readDeb(watched, large.length, { wantPaths: true })).paths).toEqual(['noise'])
    expect(asked).toHaveLength(2)
    expect(asked[1]).toMatch(/^read [0-9]+-[0-9]+$/)
  })

  it('may have a control archive that does not fit into the first piece', async () => {
    const control = tar([
      { path: './md5sums', content: randomBytes(200_000) },
      { path: './control', content: CONTROL },
    ])
    expect((await readAll(deb({ control }))).paths).toEqual(['usr/bin/hello'])
  })

  it('has its newest changelog entry', async () => {
    const entry =
      'hello (1.0-1) unstable; urgency=low\n\n  * Newest.\n\n -- Ann <a@b.c>  Sat, 21 Nov 2026 10:00:00 +0000'
    const data = (path: string, content: Buffer) => deb({ data: tar([{ path, content }]) })
    const packed = gzipSync(`${entry}\n\nhello (0.9) unstable; urgency=low\n\n  * Older.\n\n -- x\n`)
    const place = './usr/share/doc/hello'
    expect((await readAll(data(`${place}/changelog.Debian.gz`, packed))).changelog).toBe(`${entry}\n`)
    expect((await readAll(data(`${place}/changelog.gz`, packed))).changelog).toBe(`${entry}\n`)
    expect((await readAll(data(`./usr/share/doc/other/changelog.gz`, packed))).changelog).toBeNull()
    for (const odd of [
      Buffer.from('no gzip'),
      gzipSync('no entry'),
      gzipSync(Buffer.alloc(9_000_000)),
      Buffer.alloc(0),
    ])
      expect((await readAll(data(`${place}/changelog.Debian.gz`, odd))).changelog).toBeNull()
    const long = gzipSync(`${entry}\n\n${randomBytes(400_000).toString('hex')}`)
    expect((await readAll(data(`${place}/changelog.Debian.gz`, long))).changelog).toBe(`${entry}\n`)
  })

  it('may be old and not in UTF-8, where that is allowed', async () => {
    const old = Buffer.from(CONTROL.replace('Ann', 'Änne'), 'latin1')
    const bytes = deb({ control: tar([{ path: 'control', content: old }]) })
    expect(await faultOf(read(bytes))).toBe('The control file is not valid UTF-8.')
    expect((await read(bytes, { fallback: 'latin1' })).control.get('Maintainer')).toContain('Änne')
  })

  it('passes on what the source says when it fails', async () => {
    const bytes = deb({ data: tar([{ path: 'noise', content: randomBytes(300_000) }]) })
    const failing: ByteSource = {
      ...sourceInMemory(bytes),
      read: async () =>
        Readable.from(
          (async function* () {
            yield bytes.subarray(300, 70_000)
            throw new Error('The disk is gone.')
          })(),
        ),
    }
    await expect(readDeb(failing, bytes.length, { wantPaths: true })).rejects.toThrow('The disk is gone.')
  })
})

describe('what is in a data archive', () => {
  const pathsOf = async (entries: Entry[]) => (await readAll(deb({ data: tar(entries) }))).paths

  it('is its files and links', async () => {
    const paths = await pathsOf([
      { path: './', type: '5' },
      { path: './usr/', type: '5' },
      { path: './usr/bin/a', content: 'x'.repeat(1500) },
      { path: './usr/bin/b', type: '2', link: '../../../etc/passwd' },
      { path: '/usr/bin/c', type: '1', link: './usr/bin/a' },
      { path: './dev/null', type: '3' },
      { path: './dev/sda', type: '4' },
      { path: './run/pipe', type: '6' },
      { path: 'usr/share/é', content: '' },
      { path: Buffer.from('usr/share/\xe9', 'latin1') },
      { path: 'old', type: '\0' },
      { path: 'old-directory/', type: '\0' },
    ])
    expect(paths).toEqual(['usr/bin/a', 'usr/bin/b', 'usr/bin/c', 'usr/share/é', 'usr/share/é', 'old'])
  })

  it.each(['../etc/passwd', './a/../../b', 'a/..', '/..'])('is refused at %s', async (path) => {
    expect(await faultOf(pathsOf([{ path }]))).toContain('has a path that leads out of it')
  })

  it('is bounded in number and in length', async () => {
    const data = Array.from({ length: 30 }, (_, index) => ({ path: `f${index}` }))
    expect(await faultOf(read(deb({ data: tar(data) }), { wantPaths: true, limits: { entries: 29 } }))).toBe(
      'An archive in the package has more than 29 entries.',
    )
    expect(
      await faultOf(read(deb({ data: tar(data) }), { wantPaths: true, limits: { pathLength: 79 } })),
    ).toBe('The paths in the package have more than 79 characters together.')
    expect(
      await read(deb({ data: tar(data) }), { wantPaths: true, limits: { pathLength: 80 } }),
    ).toHaveProperty('paths.length', 30)
  })
})

describe('a package is refused, with the reason, for', () => {
  const control = (...entries: Entry[]) => deb({ control: tar(entries) })
  const member = (name: string, change: Partial<Member>) => deb({ members: named(name, change) })
  const text = (content: string | Buffer) => control({ path: './control', content })

  it.each<[string, Buffer, string]>([
    ['no bytes', Buffer.alloc(0), 'This is not a Debian package'],
    ['another magic', Buffer.from('PK\x03\x04 and the rest of a zip'), 'This is not a Debian package'],
    ['an empty archive', ar([]), 'ends before its “debian-binary”'],
    ['another first member', deb({ members: (all) => all.slice(1) }), 'it begins with “control.tar.gz”'],
    ['another format', member('debian-binary', { content: Buffer.from('3.0\n') }), 'only 2 is known'],
    ['an empty format', member('debian-binary', { content: Buffer.from('') }), 'only 2 is known'],
    ['no control archive', deb({ members: (all) => all.slice(0, 1) }), 'ends before its “control.tar”'],
    ['no data archive', deb({ members: (all) => all.slice(0, 2) }), 'ends before its “data.tar”'],
    [
      'data before control',
      deb({ members: ([a, b, c]) => [a, c, b] as Member[] }),
      'data before its control',
    ],
    [
      'two control archives',
      deb({ members: ([a, b, c]) => [a, b, b, c] as Member[] }),
      'two control archives',
    ],
    [
      'a member between',
      deb({ members: ([a, b, c]) => [a, { ...b, name: 'evil' }, b, c] as Member[] }),
      '“evil”',
    ],
    ['a compression of old', member('control.tar.gz', { name: 'control.tar.bz2' }), 'compressed with bz2'],
    [
      'a compression of old in its data',
      member('data.tar.gz', { name: 'data.tar.lzma' }),
      'compressed with lzma',
    ],
    ['a compression that is none', member('data.tar.gz', { name: 'data.tar.rar' }), '“data.tar.rar”'],
    [
      'a size larger than the file',
      member('control.tar.gz', { size: 9_999_999 }),
      'should have 9999999 bytes',
    ],
    ['a size that is too small', member('control.tar.gz', { size: 20 }), 'something else'],
    ['a negative size', member('control.tar.gz', { size: -5 }), 'something else'],
    ['very many members', deb({ members: ([a]) => Array(50).fill({ ...a, name: '_x' }) }), 'too many parts'],
    [
      'a control archive that is no gzip',
      member('control.tar.gz', { content: Buffer.from('junk') }),
      'cannot be unpacked',
    ],
    [
      'one that is xz by name only',
      member('control.tar.gz', { name: 'control.tar.xz' }),
      'cannot be unpacked',
    ],
    ['one that is zstd by name only', member('control.tar.gz', { name: 'control.tar.zst' }), 'is not zstd'],
    [
      'one that is empty',
      member('control.tar.gz', { name: 'control.tar.xz', content: Buffer.alloc(0) }),
      'cannot be unpacked',
    ],
    [
      'an empty zstd',
      member('control.tar.gz', { name: 'control.tar.zst', content: Buffer.alloc(0) }),
      'cut off',
    ],
    ['a control archive that is no tar', deb({ control: Buffer.alloc(2048, 'x') }), 'no tar archive'],
    ['an empty control archive', deb({ control: tar([]) }), 'no file “control”'],
    ['no control file', control({ path: './md5sums' }), 'no file “control”'],
    ['a control file elsewhere', control({ path: './sub/control', content: CONTROL }), 'no file “control”'],
    [
      'a symlinked control file',
      control({ path: './control', type: '2', link: '/etc/passwd' }),
      'not a regular file',
    ],
    ['a hard-linked control file', control({ path: 'control', type: '1', link: 'x' }), 'not a regular file'],
    ['a control file that is a directory', control({ path: './control/', type: '5' }), 'not a regular file'],
    ['a control file that is a device', control({ path: './control', type: '3' }), 'not a regular file'],
    [
      'a control file twice',
      control({ path: './control', content: CONTROL }, { path: 'control', content: CONTROL }),
      '“control” twice',
    ],
    [
      'a symlink after the control file',
      control({ path: 'control', content: CONTROL }, { path: './control', type: '2', link: 'x' }),
      '“control” twice',
    ],
    [
      'a script that leads out',
      control({ path: '../../etc/cron.d/x' }, { path: 'control', content: CONTROL }),
      'leads out',
    ],
    ['an empty control file', text(''), 'is empty'],
    ['a control file of other bytes', text(Buffer.from([0xff, 0xfe, 0x41])), 'not valid UTF-8'],
    [
      'a control file of megabytes',
      text(`${CONTROL}X: ${randomBytes(2_500_000).toString('hex')}\n`),
      'it may have 4194304',
    ],
    [
      'a control field of megabytes',
      text(`${CONTROL}X: ${randomBytes(1_000_000).toString('hex')}\n`),
      '“X” is longer than',
    ],
    ['two paragraphs', text(`${CONTROL}\n${CONTROL}`), 'several paragraphs'],
    ['a field twice', text(`${CONTROL}version: 2\n`), 'twice'],
    ['no name', text(CONTROL.replace(/^Package.*\n/m, '')), '“Package” is missing'],
    ['a name that is a path', text(CONTROL.replace('hello', '../hello')), 'not the name of a package'],
    ['no version', text(CONTROL.replace(/^Version.*\n/m, '')), '“Version” is missing'],
    ['a version that is a path', text(CONTROL.replace('1.0-1', '1/../0')), 'not a version'],
    ['no architecture', text(CONTROL.replace(/^Arch.*\n/m, '')), '“Architecture” is missing'],
    [
      'the architecture of sources',
      text(CONTROL.replace('amd64', 'source')),
      'not an architecture of a binary',
    ],
    [
      'a bomb of a control archive',
      deb({ control: Buffer.alloc(20_000_000) }),
      'far more than a package holds',
    ],
    [
      'an entry that lies',
      deb({ control: tarEntry({ path: 'control', content: CONTROL, size: 3000 }) }),
      'cut off',
    ],
    [
      'a tar that stops in a header',
      deb({ control: tar([{ path: 'control', content: CONTROL }]).subarray(0, 1200) }),
      'cut off',
    ],
    [
      'a checksum that is wrong',
      deb({ control: Buffer.concat([Buffer.from('x'), tar([{ path: 'control' }]).subarray(1)]) }),
      'no tar archive',
    ],
    [
      'an unknown kind of entry',
      control({ path: 'control', type: 'S', content: CONTROL }),
      'unknown type "S"',
    ],
  ])('%s', async (_, bytes, message) => {
    expect(await faultOf(readAll(bytes))).toContain(message)
  })

  it('whatever is cut off it', async () => {
    const whole = deb()
    for (let length = 0; length < whole.length - 1; length += 7)
      expect(await faultOf(readAll(whole.subarray(0, length)))).not.toBe('')
    // The file may also be shorter than the storage said.
    expect(await faultOf(readDeb(sourceInMemory(whole.subarray(0, 100)), whole.length))).toContain('cut off')
  })

  it('a bomb of a data archive, in bounded memory', async () => {
    const bomb = deb({ data: Buffer.alloc(90 * 1024 * 1024) })
    expect(bomb.length).toBeLessThan(100_000)
    const limits = { dataArchive: 10 * 1024 * 1024 }
    expect(await faultOf(read(bomb, { wantPaths: true, limits }))).toContain('far more than a package holds')
  })

  it('never with anything but a sentence, whatever is done to its bytes', async () => {
    const whole = deb({ members: (all) => [...all, { name: '_x', content: Buffer.from('y') }] })
    const change = fc.tuple(fc.nat(whole.length - 1), fc.integer({ min: 0, max: 255 }))
    await fc.assert(
      fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 6 }), async (changes) => {
        const spoilt = Buffer.from(whole)
        for (const [at, byte] of changes) spoilt[at] = byte
        try {
          await readAll(spoilt)
        } catch (error) {
          expect(error).toBeInstanceOf(FormatError)
        }
      }),
      { numRuns: 1000 },
    )
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 400 }), async (bytes) => {
        await faultOf(readAll(Buffer.concat([Buffer.from('!<arch>\n'), bytes])))
      }),
    )
  })

  it('leaves what was given to it as it was', async () => {
    const bytes = deb()
    const before = createHash('sha256').update(bytes).digest('hex')
    await readAll(bytes)
    expect(createHash('sha256').update(bytes).digest('hex')).toBe(before)
  })
})
