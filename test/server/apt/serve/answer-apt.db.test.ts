import { createHash } from 'node:crypto'
import { gunzipSync } from 'node:zlib'
import { afterAll, describe, expect, it, onTestFinished, vi } from 'vitest'
import { parseRelease } from '@/server/apt/format/release'
import { unplace } from '@/server/apt/packages/placements'
import { changeBranches } from '@/server/apt/publish/change-branches'
import { AptAnswerer } from '@/server/apt/serve/answer-apt'
import { snapshotIdOf } from '@/server/apt/serve/apt-path'
import { system } from '@/server/auth/permissions'
import { HotBlobs } from '@/server/blobs/hot-blobs'
import { listen } from '@/server/events'
import { newPackage } from '@/test/support/apt-packages'
import { addToBranch, createRepositoryRows } from '@/test/support/apt-repository-rows'
import { ask } from '@/test/support/ask'
import { openTestContext } from '@/test/support/context'

const ctx = await openTestContext()
const notices = await listen(ctx.pool, ctx.log)
const server = new AptAnswerer({ ctx, notices, hot: new HotBlobs() })
afterAll(async () => {
  server.close()
  await notices.close()
})

const get = (target: string, fields: Record<string, string> = {}) => ask(server, target, fields)
const sha256 = (content: Buffer) => createHash('sha256').update(content).digest('hex')

/** Asks until the notice of the last change came: what this process knew before is gone. */
async function until(path: string, isNew: (body: string) => boolean) {
  for (;;) {
    const answer = await get(path)
    if (isNew(answer.body.toString())) return answer
    await new Promise((resolve) => setImmediate(resolve))
  }
}

describe('the standard layout', () => {
  it('answers for every file of a Release, by its path and by its digest', async () => {
    const repository = await createRepositoryRows(ctx, { name: 'std', architectures: ['amd64', 'arm64'] })
    await addToBranch(ctx, repository, 'unstable', [
      newPackage({ name: 'hello' }),
      newPackage({ name: 'hello', type: 'source' }),
    ])
    const { body } = await get('/apt/std/dists/unstable/Release')
    const { files } = parseRelease(body.toString())
    expect(files.length).toBeGreaterThan(20)
    for (const { path, size, sha256: digest = '' } of files) {
      const directory = path.slice(0, path.lastIndexOf('/'))
      for (const target of [path, `${directory}/by-hash/SHA256/${digest}`]) {
        const answer = await get(`/apt/std/dists/unstable/${target}`)
        expect([answer.status, answer.body.length, sha256(answer.body)]).toEqual([200, size, digest])
        expect(answer.headers['cache-control']).toMatch(target === path ? /^no-cache$/ : /immutable/)
      }
    }
  })

  it('lists the translations of a component for apt-mirror, which takes those that this names', async () => {
    const { body } = await get('/apt/std/dists/unstable/Release')
    const named = parseRelease(body.toString()).files.filter(({ path }) => path.startsWith('main/i18n/'))
    const lines = named.map(({ path, size, sha256: hex }) => ` ${hex} ${size} ${path.split('/').at(-1)}\n`)
    expect(lines).toHaveLength(3)
    const index = await get('/apt/std/dists/unstable/main/i18n/Index')
    expect([index.status, index.body.toString()]).toEqual([200, `SHA256:\n${lines.join('')}`])
    expect((await get('/apt/std/dists/unstable/other/i18n/Index')).status).toBe(404)
  })

  it('has one text in its three signed forms', async () => {
    const [plain, inRelease, detached] = await Promise.all(
      ['Release', 'InRelease', 'Release.gpg'].map((name) => get(`/apt/std/dists/unstable/${name}`)),
    )
    expect(inRelease?.body.toString()).toContain(plain?.body.toString().trim())
    expect(detached?.body.toString()).toMatch(/^-----BEGIN PGP SIGNATURE-----/)
    expect(plain?.headers['cache-control']).toBe('no-cache')
  })

  it('shows what was published before it was asked, also before it is told', async () => {
    const deaf = new AptAnswerer({
      ...{ ctx, hot: new HotBlobs() },
      notices: { on: () => () => undefined, close: async () => undefined },
    })
    const repository = await createRepositoryRows(ctx, { name: 'prompt', branches: ['unstable', 'testing'] })
    for (const name of ['one', 'two']) {
      await addToBranch(ctx, repository, 'unstable', [newPackage({ name })])
      const release = await ask(deaf, '/apt/prompt/dists/unstable/Release')
      const path = 'main/binary-amd64/Packages'
      const { body } = await ask(deaf, `/apt/prompt/dists/unstable/${path}`)
      expect(body.toString()).toContain(`Package: ${name}\n`)
      const { files } = parseRelease(release.body.toString())
      expect(sha256(body)).toBe(files.find((file) => file.path === path)?.sha256)
    }
    deaf.close()
  })

  it('answers conditional and partial requests', async () => {
    const path = '/apt/std/dists/unstable/main/binary-amd64/Packages'
    const whole = await get(path)
    expect((await get(path, { 'if-none-match': whole.headers.etag ?? '' })).status).toBe(304)
    const part = await get(path, { range: 'bytes=5-9' })
    expect([part.status, part.body.toString()]).toEqual([206, whole.body.subarray(5, 10).toString()])
    expect((await get(path, { method: 'HEAD' })).headers['content-length']).toBe(String(whole.body.length))
  })

  it('answers for a large file without having it whole', async () => {
    const repository = await createRepositoryRows(ctx, { name: 'large' })
    const paths = Array.from({ length: 1500 }, (_, index) => `usr/share/${'long/'.repeat(10)}file${index}`)
    const packages = Array.from({ length: 200 }, (_, index) => newPackage({ name: `p${index}`, paths }))
    await addToBranch(ctx, repository, 'unstable', packages)
    const { files } = parseRelease((await get('/apt/large/dists/unstable/Release')).body.toString())
    const file = files.find(({ path }) => path === 'main/Contents-amd64')
    const path = `/apt/large/dists/unstable/main/by-hash/SHA256/${file?.sha256}`
    const whole = await get(path)
    expect([whole.body.length, sha256(whole.body)]).toEqual([file?.size, file?.sha256])
    expect(whole.body.length).toBeGreaterThan(20_000_000)
    for (const [start, end] of [
      [0, 0],
      [5_000_001, 15_000_000],
      [whole.body.length - 3, whole.body.length - 1],
    ] as const) {
      const part = await get(path, { range: `bytes=${start}-${end}` })
      expect([part.status, part.body.equals(whole.body.subarray(start, end + 1))]).toEqual([206, true])
    }
    expect((await get(path, { method: 'HEAD' })).headers['content-length']).toBe(String(file?.size))
    const read = vi.spyOn(Buffer, 'allocUnsafe')
    onTestFinished(() => read.mockRestore())
    await get(path, { range: 'bytes=5-9' })
    expect(Math.max(0, ...read.mock.calls.map(([size]) => size))).toBeLessThan(10_000_000)
  })

  it('keeps answering by digest for every generation there ever was', async () => {
    const repository = await createRepositoryRows(ctx, { name: 'generations' })
    const digests: string[] = []
    for (let index = 0; index < 12; index += 1) {
      await addToBranch(ctx, repository, 'unstable', [newPackage({ name: `p${index}` })])
      const branch = await ctx.db.aptBranch.findFirstOrThrow({
        where: { repositoryId: repository.id, name: 'unstable' },
        include: { publication: true },
      })
      const { files } = parseRelease(branch.publication?.release ?? '')
      digests.push(files.find(({ path }) => path === 'main/binary-amd64/Packages.gz')?.sha256 ?? '')
    }
    expect(new Set(digests).size).toBe(12)
    for (const [index, digest] of digests.entries()) {
      const answer = await get(`/apt/generations/dists/unstable/main/binary-amd64/by-hash/SHA256/${digest}`)
      expect(
        gunzipSync(answer.body)
          .toString()
          .match(/^Package: /gm),
      ).toHaveLength(index + 1)
    }
  })
})

describe('the flat layout', () => {
  it('has a directory for each architecture, without what is for all', async () => {
    const repository = await createRepositoryRows(ctx, { name: 'flat' })
    await addToBranch(ctx, repository, 'unstable', [
      newPackage({ name: 'tool' }),
      newPackage({ name: 'tool-doc', architecture: 'all' }),
      newPackage({ name: 'tool', type: 'source' }),
    ])
    const packages = async (directory: string, file = 'Packages') =>
      (await get(`/apt/flat/unstable/${directory}/${file}`)).body.toString().match(/^Package: .*$/gm)
    expect(await packages('amd64')).toEqual(['Package: tool'])
    expect(await packages('all')).toEqual(['Package: tool-doc'])
    expect(await packages('source', 'Sources')).toEqual(['Package: tool'])
    const named = await get('/apt/flat/unstable/all/Release')
    const [file] = parseRelease(named.body.toString()).files.filter(({ path }) => path === 'Packages.gz')
    const content = await get(`/apt/flat/unstable/all/by-hash/SHA256/${file?.sha256}`)
    expect(gunzipSync(content.body).toString()).toContain('tool-doc')
  })
})

describe('snapshots', () => {
  it('are waited for by any number of readers without keeping a change from ending', async () => {
    const repository = await createRepositoryRows(ctx, { name: 'young' })
    const ids = await addToBranch(ctx, repository, 'unstable', [newPackage({ name: 'one' })])
    const request = {
      repositoryId: repository.id,
      branches: ['unstable'],
      actor: system,
      cause: 'move' as const,
    }
    const asked = `/apt/young/snapshots/${snapshotIdOf(new Date())}/dists/unstable/Release`
    let readers: ReturnType<typeof get>[] = []
    await changeBranches(ctx, request, async (tx, locked) => {
      for (const branch of locked.branches.values()) await unplace(tx, locked, branch, ids)
      readers = Array.from({ length: 40 }, () => get(asked))
      // As long as there is a connection, readers may take it.
      for (let turn = 0; turn < 20; turn += 1) await tx.$queryRaw`SELECT 1`
      return { result: undefined }
    })
    for (const { status } of await Promise.all(readers)) expect(status).toBeLessThan(500)
  })

  it('are not waited for without end', async () => {
    const repository = await createRepositoryRows(ctx, { name: 'long' })
    await addToBranch(ctx, repository, 'unstable', [newPackage({ name: 'one' })])
    let clock = Date.now()
    const now = () => {
      clock += 1000
      return new Date(clock)
    }
    const hurried = new AptAnswerer({ ctx: { ...ctx, now }, notices, hot: new HotBlobs() })
    const request = {
      repositoryId: repository.id,
      branches: ['unstable'],
      actor: system,
      cause: 'move' as const,
    }
    const path = `/apt/long/snapshots/${snapshotIdOf(new Date())}/dists/unstable/Release`
    await changeBranches(ctx, request, async () => {
      await expect(ask(hurried, path)).rejects.toMatchObject({ code: 'unavailable' })
      return { result: undefined }
    })
    expect((await ask(hurried, path)).status).toBeLessThan(500)
    hurried.close()
  })

  it('answers the exact name, sends others to the one before, and knows nothing older than the first', async () => {
    const repository = await createRepositoryRows(ctx, { name: 'past' })
    const moment = async (name: string) => {
      await addToBranch(ctx, repository, 'unstable', [newPackage({ name })])
      const { publication } = await ctx.db.aptBranch.findFirstOrThrow({
        where: { repositoryId: repository.id, name: 'unstable' },
        include: { publication: true },
      })
      return publication?.id ?? 0n
    }
    // Two publications, an hour apart and both long ago.
    const first = await moment('first')
    const second = await moment('second')
    const at = (hour: number) => new Date(Date.UTC(2026, 7, 1, hour, 0, 0))
    await ctx.db.aptPublication.update({ where: { id: first }, data: { at: at(1) } })
    await ctx.db.aptPublication.update({ where: { id: second }, data: { at: at(2) } })
    const below = (id: string) => `/apt/past/snapshots/${id}/dists/unstable/main/binary-amd64/Packages`

    const exact = await get(below(snapshotIdOf(at(1))))
    expect([exact.status, exact.body.toString().match(/^Package: /gm)?.length]).toEqual([200, 1])
    expect(exact.headers['cache-control']).toContain('immutable')
    const later = await get(below(snapshotIdOf(at(2))))
    expect(later.body.toString().match(/^Package: /gm)).toHaveLength(2)

    const between = await get(below('20260801T013000Z'))
    expect([between.status, between.headers.location]).toEqual([301, below('20260801T010000Z')])
    expect((await get(below('20260801T000000Z'))).status).toBe(404)
    expect((await get(below('20990101T000000Z'))).headers.location).toBe(below('20260801T020000Z'))
    expect((await get(below('20260231T000000Z'))).status).toBe(404)
    expect((await get(below('yesterday'))).status).toBe(404)
    const flat = await get('/apt/past/snapshots/20260801T010000Z/unstable/amd64/InRelease')
    expect([flat.status, flat.body.toString()]).toEqual([200, expect.stringContaining('Packages.gz')])
  })
})

describe('the pool and the keys', () => {
  it('answers for a file by its path, for ever', async () => {
    const repository = await createRepositoryRows(ctx, { name: 'pool' })
    const content = 'the bytes of hello'
    const hello = newPackage({ name: 'hello', content })
    const received = await ctx.blobs.receive(
      (await import('node:stream')).Readable.from([Buffer.from(content)]),
    )
    await received.commit()
    await addToBranch(ctx, repository, 'unstable', [hello])
    const path = hello.files[0]?.path ?? ''
    const answer = await get(`/apt/pool/${path.replaceAll('_', '%5f')}`)
    expect([answer.status, answer.body.toString()]).toEqual([200, content])
    expect(answer.headers['content-type']).toBe('application/vnd.debian.binary-package')
    expect((await get('/apt/pool/pool/main/h/hello/other.deb')).status).toBe(404)
    expect((await get(`/apt/pool/snapshots/20260801T010000Z/${path}`)).body.toString()).toBe(content)
  })

  it('gives a key that was renewed also to who asks by the date of the one before', async () => {
    const repository = await createRepositoryRows(ctx, { name: 'renewed' })
    const before = await get('/apt/renewed/key.asc')
    const other = await createRepositoryRows(ctx, { name: 'renewed-other' })
    const { publicKey } = await ctx.db.aptKey.findFirstOrThrow({ where: { repositoryId: other.id } })
    await ctx.db.aptKey.updateMany({ where: { repositoryId: repository.id }, data: { publicKey } })
    const since = { 'if-modified-since': before.headers['last-modified'] ?? '' }
    const after = await get('/apt/renewed/key.asc', since)
    expect([after.status, after.body.equals(before.body)]).toEqual([200, false])
    const known = { 'if-none-match': after.headers.etag ?? '' }
    expect((await get('/apt/renewed/key.asc', known)).status).toBe(304)
  })

  it('gives the keys that sign', async () => {
    const armored = await get('/apt/pool/key.asc')
    expect([armored.status, armored.headers['content-type']]).toEqual([200, 'application/pgp-keys'])
    expect(armored.body.toString()).toMatch(/^-----BEGIN PGP PUBLIC KEY BLOCK-----\n/)
    expect((await get('/apt/pool/key.gpg')).body[0]).toBe(0xc6)
  })
})

describe('what there is not', () => {
  it.each([
    ['/apt/nothing/dists/unstable/Release', 404],
    ['/apt/std/dists/none/Release', 404],
    ['/apt/std/dists/unstable/main/binary-amd64/Packages.xz', 404],
    ['/apt/std/dists/unstable/main/binary-amd64/by-hash/SHA256/zz', 404],
    [`/apt/std/dists/unstable/main/binary-amd64/by-hash/SHA256/${'0'.repeat(64)}`, 404],
    ['/apt/std/dists/unstable/../../secret', 404],
    ['/apt/std/dists/unstable/%2e%2e/Release', 404],
    ['/apt/std/dists/unstable/main%2fbinary-amd64/Packages', 404],
    ['/apt/std/pool/%00', 404],
    ['/apt/std/unstable/amd64', 404],
    ['/apt//dists', 404],
  ])('%s is answered with %i', async (target, status) => {
    expect((await get(target)).status).toBe(status)
  })

  it('takes GET and HEAD only', async () => {
    expect((await get('/apt/std/dists/unstable/Release', { method: 'PUT' })).status).toBe(405)
  })
})

describe('a change', () => {
  it('is told from the one before by its date, or by nothing', async () => {
    const repository = await createRepositoryRows(ctx, { name: 'twins' })
    const path = '/apt/twins/dists/unstable/InRelease'
    const publish = async (name: string, at: string) => {
      await addToBranch(ctx, repository, 'unstable', [newPackage({ name })])
      const last = await ctx.db.aptPublication.findFirstOrThrow({ orderBy: { id: 'desc' } })
      await ctx.db.aptPublication.update({ where: { id: last.id }, data: { at: new Date(at) } })
    }
    await publish('one', '2026-08-01T12:00:00.200Z')
    const one = await get(path)
    const since = { 'if-modified-since': one.headers['last-modified'] ?? '' }
    expect((await get(path, since)).status).toBe(304)
    await publish('two', '2026-08-01T12:00:00.800Z')
    const two = await until(path, (body) => body !== one.body.toString())
    expect(two.headers['last-modified']).toBe(one.headers['last-modified'])
    expect((await get(path, since)).status).toBe(200)
    expect((await get(path, { 'if-none-match': two.headers.etag ?? '' })).status).toBe(304)
  })

  it('is seen at once, and by nobody in parts', async () => {
    const repository = await createRepositoryRows(ctx, { name: 'live' })
    await addToBranch(ctx, repository, 'unstable', [newPackage({ name: 'one' })])
    const path = '/apt/live/dists/unstable/main/binary-amd64/Packages'
    await until(path, (body) => body.includes('Package: one'))
    await addToBranch(ctx, repository, 'unstable', [newPackage({ name: 'two' })])
    const answer = await until(path, (body) => body.includes('Package: two'))
    expect(answer.body.toString()).toContain('Package: one')
  })
})
