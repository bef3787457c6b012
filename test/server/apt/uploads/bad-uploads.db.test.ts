import { randomBytes } from 'node:crypto'
import { gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { UploadAnswerer } from '@/server/apt/uploads/answer-upload'
import { getUpload } from '@/server/apt/uploads/get-upload'
import { listUploads } from '@/server/apt/uploads/list-uploads'
import { system } from '@/server/auth/permissions'
import {
  buildChanges,
  type ChangesInput,
  clearsigned,
  put,
  someone,
} from '@/test/server/apt/uploads/upload-files'
import { createSecret } from '@/test/support/api'
import { createRepositoryRows } from '@/test/support/apt-repository-rows'
import { openTestContext } from '@/test/support/context'
import { arArchive, type BuiltFile, buildDeb, buildSource } from '@/test/support/debs'
import { createActor } from '@/test/support/people'

const ctx = await openTestContext()
const answerer = new UploadAnswerer({ ctx })
const token = await createSecret(ctx, await createActor(ctx, 'member'), { scopes: ['push'] })
let made = 0

/** Sends files and at last their .changes to a new repository; whatever is told last is the answer. */
async function upload(
  files: readonly BuiltFile[],
  given: Partial<ChangesInput> & { changes?: BuiltFile; name?: string } = {},
) {
  made += 1
  const name = given.name ?? `bad${made}`
  if (given.name === undefined) await createRepositoryRows(ctx, { name })
  const changes = given.changes ?? buildChanges({ source: 'hello', version: '1.0', files, ...given })
  for (const file of files) await put(answerer, token, `${name}/unstable`, file)
  return { name, ...(await put(answerer, token, `${name}/unstable`, changes)) }
}

/** Nothing of the repository is published, and nothing is in its pool. */
async function expectNothing(name: string) {
  const { id } = await ctx.db.aptRepository.findUniqueOrThrow({ where: { name } })
  const counts = [
    await ctx.db.aptPackage.count({ where: { repositoryId: id } }),
    await ctx.db.aptPackageFile.count({ where: { repositoryId: id } }),
    await ctx.db.aptPlacement.count({ where: { branch: { repositoryId: id } } }),
    await ctx.db.aptPublication.count({ where: { branch: { repositoryId: id } } }),
  ]
  expect(counts).toEqual([0, 0, 0, 0])
  const { items } = await listUploads(ctx, system, { repo: name, limit: 50 })
  const [first] = items
  expect(first?.state).toBe('rejected')
  expect(first?.error).not.toBeNull()
}

const hello = buildDeb({ name: 'hello' })
const damaged = (bytes: Buffer): BuiltFile => ({ file: hello.file, bytes })
const member = (name: string, bytes: Buffer) => ({ name, bytes })
const debOf = (...members: { name: string; bytes: Buffer }[]) =>
  damaged(arArchive([member('debian-binary', Buffer.from('2.0\n')), ...members]))

/** A ustar header, and what follows it. */
function tarEntry(path: string, content: Buffer, { type = '0', target = '' } = {}): Buffer {
  const header = Buffer.alloc(512)
  header.write(path, 0)
  header.write('0000644\0', 100)
  header.write('0000000\0', 108)
  header.write('0000000\0', 116)
  header.write(`${content.length.toString(8).padStart(11, '0')}\0`, 124)
  header.write('00000000000\0', 136)
  header.write('        ', 148)
  header.write(type, 156)
  header.write(target, 157)
  header.write('ustar\x0000', 257)
  header.write(
    `${header
      .reduce((sum, byte) => sum + byte, 0)
      .toString(8)
      .padStart(6, '0')}\0 `,
    148,
  )
  return Buffer.concat([header, content, Buffer.alloc((512 - (content.length % 512)) % 512)])
}
const tar = (...entries: Buffer[]) => gzipSync(Buffer.concat([...entries, Buffer.alloc(1024)]))
const control = Buffer.from(hello.control)
const goodControl = member('control.tar.gz', tar(tarEntry('./control', control)))
const goodData = member('data.tar.gz', tar(tarEntry('./usr/bin/hello', Buffer.from('hello'))))
const withControl = (text: string | Buffer) =>
  debOf(member('control.tar.gz', tar(tarEntry('./control', Buffer.from(text)))), goodData)

describe('packages that are refused whole', () => {
  it('are not those made by the same hand without a fault', async () => {
    expect((await upload([debOf(goodControl, goodData)])).text).toContain('Accepted.')
  })

  const bad: [what: string, file: BuiltFile, says: RegExp][] = [
    ['cut off', damaged(hello.bytes.subarray(0, hello.bytes.length - 100)), /cut off/],
    ['empty', damaged(Buffer.alloc(0)), /not a Debian package/],
    ['no ar archive', damaged(Buffer.from('#!/bin/sh\n')), /not a Debian package/],
    ['without data', debOf(goodControl), /cut off|data\.tar/],
    [
      'with a control file that is a link',
      debOf(
        member(
          'control.tar.gz',
          tar(tarEntry('./control', Buffer.alloc(0), { type: '2', target: '/etc/shadow' })),
        ),
        goodData,
      ),
      /not a regular file/,
    ],
    [
      'with paths that lead out of them',
      debOf(goodControl, member('data.tar.gz', tar(tarEntry('./../../etc/cron.d/x', Buffer.from('x'))))),
      /leads out/,
    ],
    [
      'that unpack to far more than they hold',
      debOf(member('control.tar.gz', gzipSync(Buffer.alloc(64 * 1024 * 1024))), goodData),
      /far more|bytes/,
    ],
    [
      'with a field of megabytes',
      withControl(`${hello.control}X-Long: ${randomBytes(1024 * 1024).toString('hex')}\n`),
      /longer/,
    ],
    [
      'that are no UTF-8',
      withControl(Buffer.concat([control, Buffer.from([0x58, 0x3a, 0x20, 0xff, 0xfe, 0x0a])])),
      /UTF-8/,
    ],
    ['with two paragraphs', withControl(`${hello.control}\nPackage: other\n`), /several paragraphs/],
    [
      'with a name that leads elsewhere',
      withControl(hello.control.replace('hello', '../../hello')),
      /not the name/,
    ],
    ['with a version that is none', withControl(hello.control.replace('1.0', '1.0/../x')), /not a version/],
    [
      'of another name than their file’s',
      withControl(hello.control.replace('Package: hello', 'Package: world')),
      /makes it world_1\.0_amd64\.deb/,
    ],
    [
      'of another version than their file’s',
      withControl(hello.control.replace('1.0', '1.1')),
      /makes it hello_1\.1/,
    ],
    ['with relations that are none', withControl(`${hello.control}Depends: a | | b\n`), /not a relation/],
  ]
  it.each(bad)('%s', async (_what, file, says) => {
    const told = await upload([file])
    expect(told.text).toMatch(says)
    expect(told.status).toBe(422)
    expect(told.reason).toMatch(/^hello_1\.0_amd64\.deb: [\x20-\x7e]+$/)
    await expectNothing(told.name)
  })

  it('of an architecture that the repository has not', async () => {
    const deb = buildDeb({ name: 'hello', architecture: 'riscv64' })
    const told = await upload([deb], { architectures: ['riscv64'] })
    expect(told.text).toContain('riscv64 is not among this repository’s: amd64')
    await expectNothing(told.name)
  })

  it('with one bad package among good ones', async () => {
    const other = buildDeb({ name: 'hello-doc', architecture: 'all', source: 'hello' })
    const told = await upload([damaged(hello.bytes.subarray(0, 300)), other], {
      architectures: ['all', 'amd64'],
    })
    expect(told.status).toBe(422)
    await expectNothing(told.name)
  })
})

describe('a .changes that is refused', () => {
  it('for what it lists: another hash, another size, a file that never came', async () => {
    const swapped = { ...hello, bytes: Buffer.concat([hello.bytes.subarray(0, -1), Buffer.from('!')]) }
    const told = await upload([swapped], {
      changes: buildChanges({ source: 'hello', version: '1.0', files: [hello] }),
    })
    expect(told.text).toMatch(
      /is not what the \.changes lists: SHA-256 [0-9a-f]{64} is listed, [0-9a-f]{64} came/,
    )
    await expectNothing(told.name)
    const longer = { ...hello, bytes: Buffer.concat([hello.bytes, Buffer.from('!')]) }
    const other = await upload([longer], {
      changes: buildChanges({ source: 'hello', version: '1.0', files: [hello] }),
    })
    expect(other.text).toMatch(/bytes are listed, \d+ came/)
    await expectNothing(other.name)
  })

  it('when a file is swapped between the .changes and the last file', async () => {
    const more = buildDeb({ name: 'hello-doc', architecture: 'all', source: 'hello' })
    const changes = buildChanges({
      ...{ source: 'hello', version: '1.0', architectures: ['all', 'amd64'], files: [hello, more] },
    })
    await createRepositoryRows(ctx, { name: 'swapped' })
    const send = (file: BuiltFile) => put(answerer, token, 'swapped/unstable', file)
    expect((await send(hello)).status).toBe(201)
    expect((await send(changes)).status).toBe(201)
    const told = await send(damaged(Buffer.concat([hello.bytes, Buffer.from('evil')])))
    expect(told.status).toBe(422)
    expect(told.text).toContain('is not what the .changes lists')
    await expectNothing('swapped')
    expect((await send(more)).text).toContain('waits for its .changes')
  })

  const changesWith = (edit: (text: string) => string) => {
    const { file, bytes } = buildChanges({ source: 'hello', version: '1.0', files: [hello] })
    return { file, bytes: Buffer.from(edit(bytes.toString())) }
  }
  const bad: [what: string, changes: BuiltFile, says: RegExp][] = [
    [
      'names with slashes',
      changesWith((text) => text.replaceAll(hello.file, `../../${hello.file}`)),
      /not the name of a file/,
    ],
    [
      'lists that do not agree',
      changesWith((text) => text.replace(/Checksums-Sha256:\n.*\n/, '')),
      /Checksums-Sha256/,
    ],
    ['no files', changesWith((text) => text.slice(0, text.indexOf('Checksums-Sha1'))), /Files/],
    ['no UTF-8', { file: 'hello_1.0_amd64.changes', bytes: Buffer.from([0xff, 0xfe, 0x0a]) }, /UTF-8/],
    [
      'another distribution',
      changesWith((text) => text.replace('Distribution: unstable', 'Distribution: stable')),
      /for the distribution “stable”/,
    ],
    [
      'an unknown component',
      changesWith((text) => text.replace(' misc optional', ' nonfree/misc optional')),
      /“nonfree” is not a component/,
    ],
    [
      'another source than the package',
      changesWith((text) => text.replace('Source: hello', 'Source: world')),
      /built from hello 1\.0/,
    ],
    [
      'an architecture that is not there',
      changesWith((text) => text.replace('Architecture: amd64', 'Architecture: sparc')),
      /sparc is not among/,
    ],
  ]
  it.each(bad)('for %s', async (_what, changes, says) => {
    const told = await upload([hello], { changes })
    expect(told.text).toMatch(says)
    expect(told.status).toBe(422)
    await expectNothing(told.name)
  })

  it('for files that have no place in a repository', async () => {
    const stray = { file: 'hello.sh', bytes: Buffer.from('#!/bin/sh\n') }
    const told = await upload([hello, stray])
    expect(told.text).toContain('hello.sh: It is no package, and no .dsc comes with it.')
    await expectNothing(told.name)
  })

  it('for a tarball that its .dsc lists otherwise, or that is nowhere', async () => {
    const { dsc, tarballs } = buildSource({ name: 'hello' })
    const [tarball] = tarballs as [BuiltFile]
    const other = { ...tarball, bytes: Buffer.concat([tarball.bytes, Buffer.from('!')]) }
    const told = await upload([dsc, other], { architectures: ['source'] })
    expect(told.text).toMatch(/tar\.gz is not what the \.dsc lists/)
    await expectNothing(told.name)
    const absent = await upload([dsc], { architectures: ['source'] })
    expect(absent.text).toContain('was not sent and is not in the pool')
    await expectNothing(absent.name)
  })

  it('for its size, before a byte of it is read', async () => {
    await createRepositoryRows(ctx, { name: 'huge' })
    const file = { file: 'huge_1.0_amd64.changes', bytes: Buffer.alloc(5 * 1024 * 1024, 'x') }
    expect((await put(answerer, token, 'huge/unstable', file)).status).toBe(413)
  })

  it.each(['..%2f..%2fetc%2fpasswd.deb', '.htaccess', 'a b.deb', 'x;y.deb'])(
    'for a name such as %s',
    async (file) => {
      made += 1
      await createRepositoryRows(ctx, { name: `names${made}` })
      const told = await put(answerer, token, `names${made}/unstable`, {
        file: encodeURI(file),
        bytes: Buffer.from('x'),
      })
      expect(told.status).toBe(422)
      expect(told.text).toContain('is named with letters')
    },
  )
})

describe('other bytes than those stored', () => {
  it('are refused with both hashes', async () => {
    const { name } = await upload([hello])
    const other = buildDeb({ name: 'hello', files: { 'usr/bin/hello': 'other' } })
    const told = await upload([other], { name })
    expect([told.status, told.text]).toEqual([
      409,
      expect.stringMatching(/[0-9a-f]{64} is stored, [0-9a-f]{64} was sent/),
    ])
    expect(told.reason).toContain('is stored with other bytes')
  })

  it('and older versions are refused, unless the repository allows them', async () => {
    const { name } = await upload([hello])
    const newer = buildDeb({ name: 'hello', version: '1.1' })
    expect((await upload([newer], { name, version: '1.1' })).status).toBe(201)
    const replayed = await upload([hello], { name })
    expect([replayed.status, replayed.text]).toEqual([
      422,
      expect.stringContaining('hello 1.0 is older than 1.1'),
    ])
    await ctx.db.aptRepository.update({ where: { name }, data: { allowOlder: true } })
    const old = buildDeb({ name: 'hello', version: '0.9' })
    expect((await upload([old], { name, version: '0.9' })).status).toBe(201)
  })
})

describe('signatures', async () => {
  const [alice, mallory] = await Promise.all([someone('alice'), someone('mallory')])
  const plain = buildChanges({ source: 'hello', version: '1.0', files: [hello] })
  const byAlice = await clearsigned(plain, alice.key)
  const byMallory = await clearsigned(plain, mallory.key)
  const changed = {
    ...byAlice,
    bytes: Buffer.from(byAlice.bytes.toString().replace('* For tests.', '* For jests.')),
  }
  const around = { ...byAlice, bytes: Buffer.concat([Buffer.from('Source: world\n\n'), byAlice.bytes]) }

  async function signed(signaturePolicy: 'required' | 'optional' | 'off', changes: BuiltFile) {
    made += 1
    const name = `signed${made}`
    const { id } = await createRepositoryRows(ctx, { name })
    await ctx.db.aptRepository.update({ where: { id }, data: { signaturePolicy } })
    const { publicKey, fingerprint } = alice
    await ctx.db.aptUploader.create({ data: { repositoryId: id, name: 'Alice', publicKey, fingerprint } })
    return upload([hello], { name, changes })
  }

  it.each([
    ['required', 'an uploader', byAlice, 201, 'Accepted.'],
    ['required', 'nobody', plain, 403, 'It is not signed, and this repository takes signed uploads only.'],
    ['required', 'a stranger', byMallory, 403, 'not one of those that may sign here'],
    ['required', 'an uploader, and changed since', changed, 403, 'it was changed after it was signed'],
    ['required', 'an uploader, with something before it', around, 422, 'stands before the signed text'],
    ['optional', 'nobody', plain, 201, 'Accepted.'],
    ['optional', 'a stranger', byMallory, 403, 'not one of those that may sign here'],
    ['off', 'a stranger', byMallory, 201, 'Accepted.'],
  ] as const)('where they are %s: signed by %s', async (policy, _who, changes, status, says) => {
    const told = await signed(policy, changes)
    expect([told.status, told.text]).toEqual([status, expect.stringContaining(says)])
    if (status !== 201) await expectNothing(told.name)
    const { items } = await listUploads(ctx, system, { repo: told.name, limit: 50 })
    const isKnown = status === 201 && changes === byAlice
    expect(items[0]?.signer).toBe(isKnown ? alice.fingerprint : null)
  })

  it('of a .dsc are looked at as well', async () => {
    const { dsc, tarballs } = buildSource({ name: 'hello' })
    const files = [await clearsigned(dsc, mallory.key), ...tarballs]
    const told = await upload(files, { architectures: ['source'] })
    expect([told.status, told.text]).toEqual([
      403,
      expect.stringContaining('hello_1.0.dsc: It is signed by the key'),
    ])
    await expectNothing(told.name)
  })
})

describe('a report', () => {
  it('stays readable after the upload, and a corrected upload follows', async () => {
    const broken = damaged(hello.bytes.subarray(0, 200))
    const { name } = await upload([broken])
    const { items } = await listUploads(ctx, system, { repo: name, limit: 50 })
    const detail = await getUpload(ctx, system, { repo: name, id: items[0]?.id as string })
    expect(detail.report[0]).toMatchObject({ level: 'error', file: hello.file })
    expect((await upload([hello], { name })).status).toBe(201)
    const after = await listUploads(ctx, system, { repo: name, limit: 50 })
    expect(after.items.map(({ state }) => state)).toEqual(['accepted', 'rejected'])
  })
})
