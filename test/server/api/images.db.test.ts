import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createSecret, openTestApi } from '@/test/support/api'
import { buildImage, buildIndex, digestOf } from '@/test/support/build-image'
import { openTestContext } from '@/test/support/context'
import { runImageFetch } from '@/test/support/fetching-images'
import { createActor, createTeam } from '@/test/support/people'
import { startRegistry } from '@/test/support/upstream-registry'

const ctx = await openTestContext()
const { call } = openTestApi(ctx)
const upstream = await startRegistry({ behaviour: { auth: 'token' } })
afterAll(() => upstream.close())
const index = buildIndex([buildImage(), buildImage({ platform: 'linux/arm64', layers: ['arm'] })])
upstream.push('org/img', index, 'v1')
let token: string
let administrating: string

beforeAll(async () => {
  const team = await createTeam(ctx, 'red')
  await createTeam(ctx, 'blue')
  token = await createSecret(ctx, await createActor(ctx, 'maintainer', [team]))
  administrating = await createSecret(ctx, await createActor(ctx, 'administrator', []))
})

let count = 0
function fresh(): string {
  count += 1
  return digestOf(Buffer.from(`api ${count}`))
}
const use = { team: 'red', reason: 'To test.' }
const named = (digest = fresh()) => ({ registry: 'quay.io', repository: 'org/img', digest })
const post = async (path: string, json: unknown) => {
  const response = await call(path, { token, json })
  return { status: response.status, body: await response.json() }
}

describe('POST /images', () => {
  it('answers 201 for a new image and 200 for a known one', async () => {
    const image = named()
    const first = await post('/images', { ...image, ...use, licence: 'mit', platforms: ['linux/amd64'] })
    expect(first.status).toBe(201)
    expect(first.body).toMatchObject({
      ...image,
      ...{ reference: `quay.io/org/img@${image.digest}`, state: 'pending', platforms: ['linux/amd64'] },
      uses: [{ team: { slug: 'red' }, licence: 'MIT' }],
    })
    const second = await post('/images', {
      reference: `quay.io/org/img@${image.digest}`,
      ...use,
      project: 'x',
    })
    expect(second.status).toBe(200)
    expect(second.body).toMatchObject({ id: first.body.id, platforms: [], uses: [{}, { project: 'x' }] })
    const entries = await ctx.db.auditEntry.findMany({
      where: { subjectId: first.body.id },
      orderBy: { id: 'asc' },
    })
    expect(entries.map(({ action }) => action)).toEqual(['image.declare', 'use.add', 'image.extend'])
    expect(
      await ctx.db.task.findMany({ where: { subjectId: first.body.id, kind: 'fetch_image' } }),
    ).toHaveLength(2)
  })

  it('brings the names of Docker Hub into one', async () => {
    const digest = fresh()
    const ids = await Promise.all(
      [
        { reference: `docker.io/library/debian@${digest}` },
        { registry: 'https://registry-1.docker.io/', repository: 'library/debian', digest },
        { registry: 'index.docker.io', repository: 'debian', digest },
        { reference: `debian:13@${digest}` },
      ].map(async (image) => (await post('/images', { ...image, ...use })).body),
    )
    expect(new Set(ids.map(({ id }) => id)).size).toBe(1)
    const row = await ctx.db.image.findUniqueOrThrow({ where: { id: ids[0].id } })
    expect(row).toMatchObject({ registry: 'registry-1.docker.io', resolvedTag: '13' })
    expect(await ctx.db.use.count({ where: { imageId: row.id } })).toBe(1)
  })

  it('refuses tags with the explanation, and faults field by field', async () => {
    for (const image of [
      { registry: 'docker.io', repository: 'library/debian', digest: 'latest' },
      { registry: 'docker.io', repository: 'library/debian:latest' },
      { registry: 'docker.io', repository: 'library/debian', digest: 'library/debian:latest' },
    ]) {
      const { status, body } = await post('/images', { ...image, ...use })
      expect(status).toBe(400)
      expect(body.fields).toEqual([
        { path: 'digest', message: expect.stringMatching(/“latest” is a tag.*\/api\/v1\/images\/resolve/) },
      ])
    }
    const { body } = await post('/images', {
      ...use,
      licence: 'Apache 2.0',
      registry: 'a b',
      repository: 'X',
      digest: 'y',
    })
    expect(body.fields.map(({ path }: { path: string }) => path).sort()).toEqual([
      'licence',
      'registry',
      'repository',
    ])
    expect((await post('/images', { ...named(), team: 'red' })).status).toBe(400)
    expect((await post('/images', { ...named(), ...use, platforms: ['amd64'] })).status).toBe(400)
    expect((await post('/images', { ...named(), ...use, team: 'blue' })).status).toBe(403)
  })

  it('rehearses without a trace', async () => {
    const image = named()
    const before = await ctx.db.image.count()
    const { status, body } = await post('/images?dryRun=true', { ...image, ...use })
    expect([status, body.digest]).toEqual([201, image.digest])
    expect(await ctx.db.image.count()).toBe(before)
  })
})

describe('POST /images/batch', () => {
  it('declares all, each once', async () => {
    const [one, two] = [named(), named()]
    await post('/images', { ...one, ...use })
    const images = [one, two, { reference: `quay.io/org/img@${two.digest}`, platforms: ['linux/amd64'] }]
    const rehearsed = await post('/images/batch?dryRun=true', { images, ...use })
    expect(rehearsed.body.items.map(({ id }: { id: string | null }) => id !== null)).toEqual([
      true,
      false,
      false,
    ])
    const { status, body } = await post('/images/batch', { images, ...use })
    expect(status).toBe(200)
    expect(body).toMatchObject({ created: 1, usesAdded: 1 })
    expect(body.items.map(({ outcome }: { outcome: string }) => outcome)).toEqual(['known', 'new', 'repeat'])
  })

  it('declares none when one line is wrong', async () => {
    const before = await ctx.db.image.count()
    const images = [named(), { reference: 'debian:13' }, { reference: `debian@${fresh()}` }]
    const { status, body } = await post('/images/batch', { images, ...use })
    expect([status, body.fields[0].path]).toEqual([400, 'images.1.reference'])
    expect(await ctx.db.image.count()).toBe(before)
  })

  it('comes from many at once without waiting for one another', async () => {
    const images = [named(), named(), named()]
    const calls = [images, images.toReversed(), images].map((some) =>
      post('/images/batch', { images: some, ...use }),
    )
    const answers = await Promise.all(calls)
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200])
    expect(answers.reduce((sum, { body }) => sum + body.created, 0)).toBe(3)
  })
})

describe('POST /images/resolve', () => {
  it('tells the digest of a tag and its platforms, and declares nothing', async () => {
    const before = await ctx.db.image.count()
    const { status, body } = await post('/images/resolve', { reference: `${upstream.name}/org/img:v1` })
    expect(status).toBe(200)
    expect(body).toMatchObject({
      ...{ registry: upstream.name, repository: 'org/img', tag: 'v1', digest: index.digest, kind: 'index' },
      ...{ reference: `${upstream.name}/org/img:v1@${index.digest}`, imageId: null },
      platforms: [{ platform: 'linux/amd64' }, { platform: 'linux/arm64' }],
    })
    expect(await ctx.db.image.count()).toBe(before)
  })

  it('says what is wrong', async () => {
    const missing = await post('/images/resolve', { reference: `${upstream.name}/org/img:v2` })
    expect([missing.status, missing.body.detail]).toEqual([502, `${upstream.name} has no org/img:v2 (404).`])
    const inside = await post('/images/resolve', { reference: '10.0.0.1/org/img' })
    expect(inside.body.detail).toMatch(/address inside a network/)
    expect((await post('/images/resolve', { reference: `debian@${fresh()}` })).status).toBe(400)
  })
})

describe('an image', () => {
  it('is listed, found, filtered, fetched further, and shown with its platforms', async () => {
    const declared = await post('/images', {
      ...{ reference: `${upstream.name}/org/img:v1@${index.digest}`, platforms: ['linux/arm64'] },
      ...use,
    })
    const { id } = declared.body
    expect((await runImageFetch(ctx, id)).image.state).toBe('stored')
    const get = async (path: string) => (await call(path, { token })).json()
    const detail = await get(`/images/${id}`)
    expect(detail).toMatchObject({ state: 'stored', resolvedTag: 'v1', partsDone: 4, partsTotal: 4 })
    expect(detail.mirrorRepository).toBe(`mirror/${upstream.name.replace(':', '__')}/org/img`)
    expect(detail.parts.map(({ kind, stored }: { kind: string; stored: boolean }) => [kind, stored])).toEqual(
      [
        ['index', true],
        ['manifest', false],
        ['manifest', true],
        ['config', true],
        ['layer', true],
      ],
    )
    expect(detail.platformTable).toMatchObject([
      { platform: 'linux/amd64', state: 'not_chosen', size: null, parentDigest: index.digest },
      { platform: 'linux/arm64', state: 'mirrored', size: expect.any(Number) },
    ])

    const found = await get(
      `/images?q=${encodeURIComponent(`${upstream.name}/ORG/img@${index.digest.slice(0, 20)}`)}`,
    )
    expect(found.items).toMatchObject([{ id, teams: ['red'], activeUses: 1, reason: 'To test.' }])
    const filtered = await get(`/images?state=stored&registry=${upstream.name}&team=red`)
    expect(filtered.items).toHaveLength(1)
    expect((await get(`/images?state=retired&registry=${upstream.name}`)).items).toEqual([])
    const page = await get('/images?limit=2')
    const next = await get(`/images?limit=2&cursor=${page.nextCursor}`)
    expect([...page.items, ...next.items].map((item: { id: string }) => item.id)).toEqual(
      [...page.items, ...next.items]
        .map((item: { id: string }) => item.id)
        .sort()
        .reverse(),
    )
    const facets = await get('/images/facets')
    expect(facets.registries).toContainEqual({ value: upstream.name, count: 1 })
    expect(facets.states).toContainEqual({ value: 'stored', count: 1 })
    expect((await get('/overview')).images).toMatchObject({ stored: 1, failed: 0 })
    expect(await get(`/images/${id}/downloads`)).toMatchObject({ total: 0 })

    expect((await post(`/images/${id}/retry`, {})).status).toBe(409)
    const unknown = await post(`/images/${id}/platforms`, { platforms: ['linux/riscv64'] })
    expect([unknown.status, unknown.body.detail]).toEqual([
      422,
      'The index has no linux/riscv64. It has: linux/amd64, linux/arm64.',
    ])
    const chosen = await post(`/images/${id}/platforms`, { platforms: [] })
    expect([chosen.status, chosen.body.kind]).toEqual([202, 'fetch_image'])
    expect((await post(`/images/${id}/platforms`, { platforms: ['linux/amd64'] })).status).toBe(409)
    const meanwhile = await get(`/images/${id}`)
    expect(meanwhile).toMatchObject({ state: 'pending', storedAt: detail.storedAt, taskId: chosen.body.id })
    expect(meanwhile.platformTable.map(({ state }: { state: string }) => state)).toEqual([
      'waiting',
      'mirrored',
    ])
    await runImageFetch(ctx, id)
    const whole = await get(`/images/${id}`)
    expect(whole.platformTable.map(({ state }: { state: string }) => state)).toEqual(['mirrored', 'mirrored'])
  })

  it('that failed is fetched again', async () => {
    const { body } = await post('/images', { ...named(), registry: upstream.name, ...use })
    await runImageFetch(ctx, body.id)
    const retried = await post(`/images/${body.id}/retry`, {})
    expect(retried.status).toBe(202)
    expect((await ctx.db.image.findUniqueOrThrow({ where: { id: body.id } })).state).toBe('pending')
    expect((await post(`/images/${body.id}/retry`, {})).status).toBe(409)
  })
})

describe('a miss of an image', () => {
  it('declares the image, and not a file', async () => {
    const digest = fresh()
    const miss = await ctx.db.miss.create({
      data: {
        url: `https://quay.io/v2/org/img/manifests/${digest}`,
        host: 'quay.io',
        ...{ count: 1, firstSeenAt: new Date(), lastSeenAt: new Date() },
      },
    })
    const { status, body } = await post(`/misses/${miss.id}/declare`, use)
    expect([status, body.reference]).toEqual([200, `quay.io/org/img@${digest}`])
    const shown = await (await call(`/misses/${miss.id}`, { token })).json()
    expect(shown).toMatchObject({ state: 'declared', imageId: body.id, fileId: null })
  })
})

describe('credentials of registries', () => {
  const put = (registry: string, json: unknown) =>
    call(`/images/registries/${registry}`, { method: 'PUT', token: administrating, json })

  it('are stored, replaced and forgotten, and never shown', async () => {
    const first = await put('index.docker.io', { username: 'robot', password: 'sesame' })
    expect(first.status).toBe(200)
    await put('docker.io', { username: 'robot2', password: 'sesame2' })
    const listed = await (await call('/images/registries', { token })).text()
    expect(JSON.parse(listed).items).toMatchObject([{ registry: 'registry-1.docker.io', username: 'robot2' }])
    expect(`${await first.text()}${listed}`).not.toContain('sesame')
    const row = await ctx.db.upstreamRegistry.findFirstOrThrow()
    expect(row.sealedPassword).not.toContain('sesame')
    expect(JSON.stringify(await ctx.db.auditEntry.findMany())).not.toContain('sesame')
    const gone = await call('/images/registries/docker.io', { method: 'DELETE', token: administrating })
    expect(gone.status).toBe(200)
    expect(await ctx.db.upstreamRegistry.count()).toBe(0)
    expect(
      (await call('/images/registries/docker.io', { method: 'DELETE', token: administrating })).status,
    ).toBe(404)
  })

  it('belong to administrators', async () => {
    const json = { username: 'robot', password: 'sesame' }
    expect((await call('/images/registries/quay.io', { method: 'PUT', token, json })).status).toBe(403)
    expect((await put('a%20b', json)).status).toBe(400)
    expect((await put('quay.io', { username: 'a:b', password: 'x' })).status).toBe(400)
  })
})
