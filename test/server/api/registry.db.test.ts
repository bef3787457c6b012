import { beforeAll, expect, it } from 'vitest'
import type {
  ManifestDetail,
  RegistryCluster,
  RegistryNode,
  Removed,
  RepositoryDetail,
  TagSummary,
} from '@/server/oci/schema'
import { createSecret, openTestApi } from '@/test/support/api'
import { openTestContext } from '@/test/support/context'
import { createActor } from '@/test/support/people'
import { addImage, addRepository } from '@/test/support/registry-rows'

const ctx = await openTestContext()
const { call } = openTestApi(ctx)
const name = 'sys/admin/tool'
const at = (what: string, query = '') => `/registry/default/${what}?name=${encodeURIComponent(name)}${query}`
const body = <Body>(response: Response) => response.json() as Promise<Body>
let token: string
let digest: string

beforeAll(async () => {
  const scopes = ['read', 'push', 'manage'] as const
  token = await createSecret(ctx, await createActor(ctx, 'administrator'), { scopes })
  digest = (
    await addImage(ctx, await addRepository(ctx, name), { layers: ['base:10'], tags: ['1.0', '1.1'] })
  ).digest
})

it('goes from the clusters down the tree to a repository', async () => {
  const clusters = await body<{ items: RegistryCluster[] }>(await call('/registry/clusters', { token }))
  expect(clusters.items).toEqual([expect.objectContaining({ name: 'default', repositories: 1 })])
  const nodes = async (path: string) =>
    (await body<{ items: RegistryNode[] }>(await call(`/registry/default/nodes?path=${path}`, { token })))
      .items
  // People write a node with slashes before it.
  expect(await nodes('//sys/admin')).toEqual([expect.objectContaining({ path: name, isRepository: true })])
  expect(await nodes('sys')).toEqual([expect.objectContaining({ path: 'sys/admin', isRepository: false })])
})

it('shows tags, and what one of them leads to', async () => {
  const tags = await body<{ items: TagSummary[] }>(await call(at('tags'), { token }))
  expect(tags.items.map((tag) => tag.name)).toEqual(['1.0', '1.1'])
  const manifest = await body<ManifestDetail>(await call(at('manifest', '&reference=1.0'), { token }))
  expect(manifest).toMatchObject({ digest, tags: ['1.0', '1.1'], kind: 'image' })
})

it('sets options and deletes, and can tell beforehand', async () => {
  const json = { immutableTags: true }
  const tried = await call(at('repository', '&dryRun=true'), { token, method: 'PATCH', json })
  expect(await body<RepositoryDetail>(tried)).toMatchObject(json)
  expect(await body<RepositoryDetail>(await call(at('repository'), { token }))).toMatchObject({
    immutableTags: false,
  })
  const gone = await call(at('tags', '&tag=1.0'), { token, method: 'DELETE' })
  expect(await body<Removed>(gone)).toEqual({ tags: ['1.0'] })
  const manifest = await call(at('manifest', `&digest=${digest}`), { token, method: 'DELETE' })
  expect(await body<Removed>(manifest)).toEqual({ tags: ['1.1'] })
  expect((await call(at('manifest', '&reference=1.1'), { token })).status).toBe(404)
  expect((await call(at('repository'), { token, method: 'DELETE' })).status).toBe(200)
  expect((await call(at('repository'), { token })).status).toBe(404)
})
