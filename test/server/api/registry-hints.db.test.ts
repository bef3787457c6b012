import { text } from 'node:stream/consumers'
import { expect, it } from 'vitest'
import { hintsKey } from '@/server/oci/hints/store-hints'
import { createSecret, openTestApi } from '@/test/support/api'
import { openTestContext } from '@/test/support/context'
import { createActor } from '@/test/support/people'
import { addImage, addRepository, digestOf } from '@/test/support/registry-rows'

const ctx = await openTestContext()
const { call } = openTestApi(ctx)
const cluster = ctx.clusters.named('default')
const scopes = ['read', 'push'] as const
const token = await createSecret(ctx, await createActor(ctx, 'administrator'), { scopes })
const viewer = await createSecret(ctx, await createActor(ctx, 'viewer'), { scopes })
const repository = await addRepository(ctx, 'sys/admin/images/ubuntu')
await addImage(ctx, repository, { layers: ['base:1', 'top:2'], tags: ['22.04'] })
await addRepository(ctx, 'empty')

const PATH = '/registry/default/hints/sys/admin/images/ubuntu'
const hex = (layer: string) => digestOf(layer).slice('sha256:'.length)
const places = ['base', 'top'].map((layer) =>
  cluster.storage.place(`docker/registry/v2/blobs/sha256/${hex(layer).slice(0, 2)}/${hex(layer)}/data`),
)
const YSON = `{\n"22.04" = [\n"${places[0]}";\n"${places[1]}"\n]\n}\n`

it('shows the document as JSON, whatever slashes the name has', async () => {
  for (const path of [PATH, '/registry/default/hints/sys%2Fadmin%2Fimages%2Fubuntu']) {
    const answer = await call(path, { token })
    expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'application/json'])
    expect(await answer.json()).toEqual({ '22.04': places })
  }
  expect(await (await call('/registry/default/hints/empty', { token })).json()).toEqual({})
})

it.each([
  ['?format=yson', undefined, 'application/x-yt-yson-text'],
  ['', 'application/x-yt-yson-text', 'application/x-yt-yson-text'],
  ['', 'application/json;q=0.5, application/x-yt-yson-text', 'application/x-yt-yson-text'],
  ['', '*/*', 'application/json'],
  ['?format=json', 'application/x-yt-yson-text', 'application/json'],
])('chooses the format by “%s” and Accept: %s', async (query, accept, type) => {
  const answer = await call(`${PATH}${query}`, { token, headers: accept === undefined ? {} : { accept } })
  expect(answer.headers.get('content-type')).toBe(type)
  if (type.includes('yson')) expect(await answer.text()).toBe(YSON)
})

it('refuses what it does not know', async () => {
  const status = async (path: string, method = 'GET') => (await call(path, { token, method })).status
  expect(await status('/registry/default/hints/no/such/image')).toBe(404)
  expect(await status('/registry/nowhere/hints/sys/admin/images/ubuntu')).toBe(404)
  expect(await status('/registry/default/hints/no/such/image', 'POST')).toBe(404)
  expect(await status(`${PATH}?format=xml`)).toBe(400)
})

it('stores the document anew when it is asked to, with a record of who asked', async () => {
  const stored = async () => {
    const found = await cluster.storage.stat(hintsKey(repository.name))
    return found && text(await cluster.storage.read(hintsKey(repository.name)))
  }
  const rehearsed = await call(`${PATH}?dryRun=true`, { token, method: 'POST' })
  expect([rehearsed.status, await stored()]).toEqual([200, undefined])
  const refused = await call(PATH, { token: viewer, method: 'POST' })
  expect([refused.status, await stored()]).toEqual([403, undefined])
  const answer = await call(PATH, { token, method: 'POST' })
  expect(await answer.json()).toEqual({ '22.04': places })
  expect(await stored()).toBe(YSON)
  const records = await ctx.db.auditEntry.findMany({ where: { action: 'registry.rebuildHints' } })
  expect(records).toMatchObject([
    { subjectName: 'sys/admin/images/ubuntu', details: { cluster: 'default', tags: 1 } },
  ])
})
