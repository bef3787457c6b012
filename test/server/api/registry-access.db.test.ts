import { beforeAll, describe, expect, it } from 'vitest'
import type { Problem } from '@/server/http/schema'
import type { NodeRule, NodeRules, PermissionAnswer, Workload } from '@/server/oci/access/schema'
import { createSecret, openTestApi } from '@/test/support/api'
import { openTestContext } from '@/test/support/context'
import { createActor, createTeam } from '@/test/support/people'
import { openPipeline } from '@/test/support/registry-access'

const ctx = await openTestContext()
const { call } = openTestApi(ctx)
const body = <Body>(response: Response) => response.json() as Promise<Body>
const rule = { subject: 'team', team: 'platform', permissions: ['write', 'read'], effect: 'allow' }
let token: string
let memberToken: string

beforeAll(async () => {
  const platform = await createTeam(ctx, 'platform')
  token = await createSecret(ctx, await createActor(ctx, 'administrator'))
  memberToken = await createSecret(ctx, await createActor(ctx, 'member', [platform]), {
    scopes: ['read', 'push'],
  })
})

describe('/registry/{cluster}/rules', () => {
  it('takes a path with slashes, written either way, and lists what was added', async () => {
    const added = await call('/registry/default/rules?path=//sys/admin', { token, json: rule })
    expect(added.status).toBe(201)
    const { id } = await body<NodeRule>(added)
    const listed = await body<NodeRules>(await call('/registry/default/rules?path=sys/admin', { token }))
    expect(listed).toMatchObject({
      path: 'sys/admin',
      own: [{ id, permissions: ['read', 'write'], inherited: true }],
      inherited: [{ id: null, node: '' }],
      mayAdminister: true,
    })
    const below = await body<NodeRules>(
      await call('/registry/default/rules?path=sys/admin/x', { token: memberToken }),
    )
    expect(below).toMatchObject({ own: [], inherited: [{ id }, { id: null }], mayAdminister: false })
  })

  it('replaces one rule, removes one, and replaces all', async () => {
    const node = '/registry/default/rules?path=home'
    const { id } = await body<NodeRule>(await call(node, { token, json: rule }))
    const one = `/registry/default/rules/${id}`
    const changed = await call(one, {
      method: 'PUT',
      token,
      json: { ...rule, effect: 'deny', inherited: false },
    })
    expect(await body<NodeRule>(changed)).toMatchObject({ id, effect: 'deny', inherited: false })
    expect((await call(one, { method: 'DELETE', token })).status).toBe(200)
    expect((await call(one, { method: 'DELETE', token })).status).toBe(404)
    const all = await call(node, { method: 'PUT', token, json: { rules: [rule, rule] } })
    expect(await body<{ items: NodeRule[] }>(all)).toMatchObject({
      items: [{ node: 'home' }, { node: 'home' }],
    })
  })

  it.each([
    [{ ...rule, permissions: [] }, 'permissions'],
    [{ ...rule, subject: 'everyone' }, 'team'],
    [{ ...rule, subject: 'user' }, 'user'],
    [{ ...rule, team: undefined }, 'team'],
  ])('refuses %j', async (json, path) => {
    const response = await call('/registry/default/rules?path=home', { token, json })
    expect(response.status).toBe(400)
    expect((await body<Problem>(response)).fields?.map((field) => field.path)).toContain(path)
  })

  it.each(['A', 'a//b', 'a b', '../a', 'a/./b'])('knows no node %j', async (path) => {
    const response = await call(`/registry/default/rules?path=${encodeURIComponent(path)}`, { token })
    expect(response.status).toBe(400)
  })

  it('knows the configured clusters only', async () => {
    expect((await call('/registry/other/rules', { token })).status).toBe(404)
  })
})

describe('/registry/{cluster}/check-permission', () => {
  it('says why', async () => {
    const json = { path: 'sys/admin/images/ubuntu', permission: 'remove' }
    const answer = await call('/registry/default/check-permission', { token: memberToken, json })
    expect(await body<PermissionAnswer>(answer)).toEqual({
      allowed: true,
      reason: '//sys/admin/images/ubuntu does not exist, so there is nothing to refuse.',
      rule: null,
      judgedAt: 'sys/admin/images/ubuntu',
    })
    const push = await call('/registry/default/check-permission', {
      token: memberToken,
      json: { ...json, permission: 'write' },
    })
    expect(await body<PermissionAnswer>(push)).toMatchObject({
      allowed: true,
      reason: '//sys/admin allows write to the team platform.',
      rule: { node: 'sys/admin' },
    })
  })
})

describe('/workloads', () => {
  it('are added, changed and removed', async () => {
    const { issuer, keys } = await openPipeline()
    const json = {
      name: 'CI',
      issuer,
      audience: 'entrepot',
      keys,
      claims: { sub: 'p:*' },
      scopes: ['push'],
      team: 'platform',
    }
    const added = await call('/workloads', { token, json })
    expect(added.status).toBe(201)
    const { id } = await body<Workload>(added)
    const changed = await call(`/workloads/${id}`, {
      method: 'PATCH',
      token,
      json: { scopes: ['read', 'push'] },
    })
    expect(await body<Workload>(changed)).toMatchObject({ name: 'CI', scopes: ['read', 'push'] })
    expect((await body<{ items: Workload[] }>(await call('/workloads', { token }))).items).toHaveLength(1)
    expect((await call(`/workloads/${id}?dryRun=true`, { method: 'DELETE', token })).status).toBe(200)
    expect((await call(`/workloads/${id}`, { method: 'DELETE', token })).status).toBe(200)
    expect((await call(`/workloads/${id}`, { token })).status).toBe(404)
  })
})
