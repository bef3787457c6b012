import { mkdir, mkdtemp, rm, symlink, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { afterAll, describe, expect, it, vi } from 'vitest'
import { changeArchive, removeArchive } from '@/server/archives/change-archive'
import { createArchive } from '@/server/archives/create-archive'
import { listArchives } from '@/server/archives/list-archives'
import { readUses } from '@/server/archives/read-uses'
import { listen } from '@/server/events'
import { openGateway } from '@/server/gateway/listener'
import { openMetrics } from '@/server/http/metrics'
import { openFilesystem } from '@/server/storage/filesystem'
import { openTestContext } from '@/test/support/context'
import { createActor } from '@/test/support/people'
import { exchange, statuses } from '@/test/support/raw-socket'

const ctx = await openTestContext({ ENTREPOT_PUBLIC_URL: 'https://depot.example.org' })
const administrator = await createActor(ctx, 'administrator')
const notices = await listen(ctx.pool, ctx.log)
const gateway = await openGateway({ ctx, notices, metrics: openMetrics() }, { host: '127.0.0.1', port: 0 })
const { port } = gateway
const outside = await mkdtemp(join(tmpdir(), 'entrepot-outside-'))
const root = await mkdtemp(join(tmpdir(), 'entrepot-archive-'))
afterAll(async () => {
  await gateway.close()
  await notices.close()
  await Promise.all([root, outside].map((path) => rm(path, { recursive: true, force: true })))
})

const CHANGED = new Date('2015-03-04T05:06:07Z')
await mkdir(join(root, 'dists', 'stable'), { recursive: true })
await mkdir(join(root, '.git'))
await writeFile(join(root, 'dists', 'stable', 'Release'), 'Origin: old\n')
await utimes(join(root, 'dists', 'stable', 'Release'), CHANGED, CHANGED)
await writeFile(join(root, 'hello_1.0_amd64.deb'), '0123456789')
await writeFile(join(root, '<img src=x>&"\'.html'), '<script>alert(1)</script>')
await writeFile(join(root, '.htpasswd'), 'secret')
await writeFile(join(root, '.git', 'config'), 'secret')
await writeFile(join(outside, 'secret'), 'secret')
await symlink(join(outside, 'secret'), join(root, 'leak'))
await symlink(outside, join(root, 'leaking'))
await symlink('../../../../../../etc', join(root, 'dists', 'etc'))
await symlink('.git', join(root, 'shown'))
await symlink('dists/stable', join(root, 'current'))
await symlink('loop', join(root, 'loop'))

await createArchive(ctx, administrator, {
  ...{ name: 'old', kind: 'directory', location: root, description: 'Packages of <2016>.' },
  pointer: 'https://depot.example.org/apt/new/',
})

const get = (path: string, init: RequestInit = {}) =>
  fetch(`http://127.0.0.1:${port}/archive${path}`, { redirect: 'manual', ...init })

describe('a file of an archive', () => {
  it('comes as it is, marked as legacy', async () => {
    const answer = await get('/old/dists/stable/Release')
    expect([answer.status, await answer.text()]).toEqual([200, 'Origin: old\n'])
    const headers = Object.fromEntries(answer.headers)
    expect(headers).toMatchObject({
      'content-type': 'text/plain; charset=utf-8',
      'content-length': '12',
      'last-modified': 'Wed, 04 Mar 2015 05:06:07 GMT',
      etag: expect.stringMatching(/^W\/"c-[0-9a-f]+"$/),
      deprecation: expect.stringMatching(/^@\d{10}$/),
      link: '<https://depot.example.org/apt/new/>; rel="successor-version"',
      'content-security-policy': "sandbox; default-src 'none'",
      'x-content-type-options': 'nosniff',
    })
    expect(headers).not.toHaveProperty('sunset')
    expect(headers).not.toHaveProperty('repr-digest')
  })

  it('comes in parts, and not at all to who has it', async () => {
    const whole = await get('/old/hello_1.0_amd64.deb')
    expect(whole.headers.get('content-type')).toBe('application/vnd.debian.binary-package')
    const tag = whole.headers.get('etag') ?? ''
    const changed = whole.headers.get('last-modified') ?? ''
    const part = await get('/old/hello_1.0_amd64.deb', { headers: { range: 'bytes=4-' } })
    expect([part.status, part.headers.get('content-range'), await part.text()]).toEqual([
      ...[206, 'bytes 4-9/10', '456789'],
    ])
    expect((await get('/old/hello_1.0_amd64.deb', { headers: { range: 'bytes=10-' } })).status).toBe(416)
    expect((await get('/old/hello_1.0_amd64.deb', { headers: { 'if-none-match': tag } })).status).toBe(304)
    const status = async (headers: Record<string, string>) =>
      (await get('/old/hello_1.0_amd64.deb', { headers: { range: 'bytes=4-', ...headers } })).status
    expect(await status({ 'if-range': changed })).toBe(206)
    // A weak tag proves no bytes.
    expect(await status({ 'if-range': tag })).toBe(200)
    expect(await status({ 'if-range': tag.slice(2) })).toBe(200)
    expect(await status({ 'if-match': tag.slice(2) })).toBe(412)
  })

  it('is told of without its bytes for HEAD, and never changed', async () => {
    const head = await get('/old/hello_1.0_amd64.deb', { method: 'HEAD' })
    expect([head.status, head.headers.get('content-length'), await head.text()]).toEqual([200, '10', ''])
    expect((await get('/old/hello_1.0_amd64.deb', { method: 'PUT', body: 'x' })).status).toBe(405)
  })

  it.each([
    ...[
      '/old/.htpasswd',
      '/old/.git/config',
      '/old/leak',
      '/old/leaking/secret',
      '/old/leaking/',
      '/old/dists/etc/passwd',
    ],
    ...[
      '/old/shown/config',
      '/old/loop',
      '/old/hello_1.0_amd64.deb/',
      '/old/nothing',
      '/old//dists/',
      '/new/',
    ],
    ...[
      '/old/dists%2fstable%2fRelease',
      '/old/%2e%2e/x',
      '/old/a%00b',
      '/old/%ff',
      `/old/${'a'.repeat(300)}`,
      '/OLD/',
      '/',
    ],
  ])('is not %s', async (path) => {
    const answer = await get(path)
    expect([answer.status, (await answer.text()).includes('secret')]).toEqual([404, false])
  })

  it('is not reached by dots in the path', async () => {
    for (const path of ['/archive/old/../../etc/passwd', '/archive/../etc/passwd', '/archive/old/..']) {
      const said = await exchange(port, `GET ${path} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n`)
      expect(statuses(said)).toEqual([404])
    }
  })

  it('may be behind a link that stays inside', async () => {
    expect(await (await get('/old/current/Release')).text()).toBe('Origin: old\n')
  })
})

describe('a directory of an archive', () => {
  it.each([
    ['/old', '/archive/old/'],
    ['/old/dists?x=1', '/archive/old/dists/'],
    ['/old/current', '/archive/old/current/'],
  ])('%s gets its slash', async (path, location) => {
    const answer = await get(path)
    expect([answer.status, answer.headers.get('location')]).toEqual([301, location])
  })

  it('lists what may be seen, and nothing that could act', async () => {
    const answer = await get('/old/')
    const page = await answer.text()
    expect(answer.headers.get('content-security-policy')).toMatch(/^default-src 'none'/)
    expect([...page.matchAll(/<a href="([^"]*)"/g)].map(([, href]) => href)).toEqual([
      'https://depot.example.org/apt/new/',
      "%3Cimg%20src%3Dx%3E%26%22'.html",
      'current/',
      'dists/',
      'hello_1.0_amd64.deb',
    ])
    expect(page).toContain('This is a legacy archive')
    expect(page).toContain('Packages of &lt;2016&gt;.')
    expect(page).not.toContain('<img')
    expect(await (await get('/old/dists/stable/')).text()).toContain('2015-03-04 05:06')
  })
})

describe('an archive in the storage', () => {
  it('is listed and served by its prefix alone', async () => {
    const write = (key: string, text: string) => ctx.storage.write(key, Readable.from([Buffer.from(text)]))
    await write('archives/pool/main/a.deb', 'aaaa')
    await write('archives/pool/.hidden', 'secret')
    await write('archives/poolside/b.deb', 'bbbb')
    const input = { kind: 'storage' as const, location: '/archives/pool/' }
    await createArchive(ctx, administrator, { name: 'pool', ...input })
    expect(await (await get('/pool/main/a.deb')).text()).toBe('aaaa')
    expect((await get('/pool/main')).headers.get('location')).toBe('/archive/pool/main/')
    expect(await (await get('/pool/')).text()).toContain('<a href="main/">main/</a>')
    expect(await (await get('/pool/main/')).text()).toMatch(
      /<a href="a.deb">a.deb<\/a><\/td><td class="n">4</,
    )
    for (const path of ['/pool/.hidden', '/pool/b.deb', '/pool/side/b.deb', '/pool/other/', '/pool/a+b']) {
      expect((await get(path)).status, path).toBe(404)
    }
  })
})

describe('the end of an archive', () => {
  it('is announced, and then it answers where to go', async () => {
    const add = (name: string) =>
      createArchive(ctx, administrator, {
        name,
        kind: 'directory',
        location: root,
        pointer: 'Ask the platform team',
      })
    await add('ending')
    await changeArchive(ctx, administrator, { name: 'ending', goneFrom: '2099-01-02' })
    await vi.waitFor(async () =>
      expect((await get('/ending/')).headers.get('sunset')).toBe('Fri, 02 Jan 2099 00:00:00 GMT'),
    )
    const page = await (await get('/ending/')).text()
    expect(page).toContain('Use Ask the platform team instead. It is gone from 2099-01-02 on.')
    await changeArchive(ctx, administrator, { name: 'ending', goneFrom: '2020-01-02' })
    await vi.waitFor(async () => expect((await get('/ending/dists/stable/Release')).status).toBe(410))
    const gone = await get('/ending/')
    expect(await gone.text()).toBe(
      'The archive “ending” is gone since 2020-01-02. Use Ask the platform team instead.\n',
    )
    expect((await get('/ending/', { method: 'HEAD' })).status).toBe(410)
    const removed = await removeArchive(ctx, administrator, { name: 'ending' })
    expect(removed).toMatchObject({ gone: true, goneFrom: '2020-01-02' })
    await vi.waitFor(async () => expect((await get('/ending/')).status).toBe(404))
    expect((await get('/old/hello_1.0_amd64.deb')).status).toBe(200)
  })
})

describe('who uses an archive', () => {
  it('is counted by whole downloads, client and program', async () => {
    await createArchive(ctx, administrator, { name: 'counted', kind: 'directory', location: root })
    const fetchAs = (agent: string, headers = {}) =>
      get('/counted/hello_1.0_amd64.deb', { headers: { 'user-agent': agent, ...headers } }).then((one) =>
        one.text(),
      )
    await fetchAs('apt/1.0')
    await fetchAs('apt/1.0', { range: 'bytes=0-3' })
    await fetchAs('apt/1.0', { range: 'bytes=4-' })
    await fetchAs('wget/1.20')
    await get('/counted/')
    await get('/counted/hello_1.0_amd64.deb', { method: 'HEAD' })
    await vi.waitFor(async () => {
      const uses = await readUses(ctx, administrator, { name: 'counted' })
      expect(
        uses.items.map(({ userAgent, downloads, bytes }) => [userAgent, downloads, bytes]).sort(),
      ).toEqual([
        ['apt/1.0', 2, 20],
        ['wget/1.20', 1, 10],
      ])
      expect(uses.items[0]).toMatchObject({ client: '127.0.0.0/24', lastPath: 'hello_1.0_amd64.deb' })
      expect(uses.days).toMatchObject([{ downloads: 3, bytes: 30 }])
    })
    const { items } = await listArchives(ctx, administrator, { limit: 50 })
    const counted = items.find(({ name }) => name === 'counted')
    expect(counted).toMatchObject({
      ...{ url: 'https://depot.example.org/archive/counted/', downloads: 3, bytes: 30, gone: false },
      lastUsedAt: expect.any(String),
    })
  })
})

describe('declaring an archive', () => {
  const declare = (location: string, kind: 'directory' | 'storage' = 'directory') =>
    createArchive(ctx, administrator, { name: 'another', kind, location, description: '' })

  it.each([
    ['directory', 'relative/path', 'whole path'],
    ['directory', '/nowhere/at/all', 'no directory here'],
    ['directory', '/', 'its own data'],
    ['storage', 'blobs/sha256', '“blobs”'],
    ['storage', 'docker', '“docker”'],
    ['storage', '../x', 'A prefix is written'],
    ['storage', '/', 'A prefix is written'],
  ] as const)('refuses the %s %s', async (kind, location, message) => {
    await expect(declare(location, kind)).rejects.toMatchObject({
      code: 'invalid',
      message: expect.stringContaining(message),
    })
  })

  it('refuses what Entrepôt keeps itself', async () => {
    await expect(declare(ctx.env.ENTREPOT_DATA)).rejects.toThrow('its own data')
    await expect(declare(join(ctx.env.ENTREPOT_DATA, 'storage'))).rejects.toThrow('its own data')
    const link = join(root, 'link')
    await symlink(join(ctx.env.ENTREPOT_DATA, 'storage'), link)
    await expect(declare(link)).rejects.toThrow('its own data')
    await rm(link)
    const elsewhere = await mkdtemp(join(tmpdir(), 'entrepot-storage-'))
    const storage = await openFilesystem(elsewhere)
    const input = { name: 'another', kind: 'directory' as const, location: elsewhere }
    await expect(createArchive({ ...ctx, storage }, administrator, input)).rejects.toThrow('its own data')
    await rm(elsewhere, { recursive: true })
  })

  it('is for administrators, one for each name, and can be rehearsed', async () => {
    const maintainer = await createActor(ctx, 'maintainer')
    const input = { name: 'old', kind: 'directory' as const, location: root }
    await expect(createArchive(ctx, maintainer, input)).rejects.toMatchObject({ code: 'forbidden' })
    await expect(createArchive(ctx, administrator, input)).rejects.toMatchObject({ code: 'conflict' })
    await createArchive(ctx, administrator, { ...input, name: 'rehearsed', dryRun: true })
    expect(await ctx.db.archive.count({ where: { name: 'rehearsed' } })).toBe(0)
    await expect(changeArchive(ctx, administrator, { name: 'no' })).rejects.toMatchObject({
      code: 'not_found',
    })
  })
})
