import { randomUUID } from 'node:crypto'
import { afterAll, describe, expect, it, vi } from 'vitest'
import { listen } from '@/server/events'
import { changeWorkload, removeWorkload } from '@/server/oci/access/change-workload'
import { createWorkload } from '@/server/oci/access/create-workload'
import { CallerIdentifier } from '@/server/oci/access/identify-caller'
import { getWorkload, listWorkloads } from '@/server/oci/access/list-workloads'
import { type WorkloadInput, workloadInput } from '@/server/oci/access/schema'
import { openTestContext } from '@/test/support/context'
import { createActor, createTeam } from '@/test/support/people'
import { basic, openPipeline, type Pipeline } from '@/test/support/registry-access'

const ctx = await openTestContext()
const notices = await listen(ctx.pool, ctx.log)
const identifier = new CallerIdentifier(ctx, notices)
afterAll(async () => {
  identifier.close()
  await notices.close()
})

const cluster = ctx.clusters.named('default')
const team = await createTeam(ctx)
const administrator = await createActor(ctx, 'administrator')
const input = ({ issuer, keys }: Pipeline, part: Partial<WorkloadInput> = {}): WorkloadInput => ({
  name: `ci ${randomUUID()}`,
  issuer,
  audience: 'entrepot',
  keys,
  claims: { sub: 'project:*' },
  scopes: ['read', 'push'],
  team: team.slug,
  ...part,
})
const signIn = async (token: string) => identifier.identify(cluster, basic('oidc', token))

describe('a workload identity', () => {
  it('lets a pipeline sign in from when it is made, and is on record', async () => {
    const pipeline = await openPipeline()
    const workload = await createWorkload(ctx, administrator, input(pipeline))
    expect(workload).toMatchObject({ issuer: pipeline.issuer, team: { slug: team.slug }, lastUsedAt: null })
    expect(await signIn(await pipeline.token())).toMatchObject({ actor: { id: workload.id } })
    expect(await getWorkload(ctx, administrator, { id: workload.id })).toMatchObject({
      lastUsedAt: expect.any(String),
    })
    expect(await ctx.db.auditEntry.findMany({ where: { subjectId: workload.id } })).toMatchObject([
      { action: 'workload.create', details: { issuer: pipeline.issuer, keys: ['one'], team: team.slug } },
    ])
  })

  it('takes new keys, and the former ones no more', async () => {
    const before = await openPipeline()
    const after = await openPipeline()
    const { id } = await createWorkload(ctx, administrator, input(before))
    const former = await before.token()
    await signIn(former)
    await changeWorkload(ctx, administrator, { id, keys: after.keys })
    await vi.waitFor(
      async () => await expect(signIn(former)).rejects.toMatchObject({ code: 'unauthenticated' }),
    )
    const token = await after.token({ iss: before.issuer })
    await expect(signIn(token), 'its issuer is another').rejects.toMatchObject({ code: 'unauthenticated' })
    await changeWorkload(ctx, administrator, { id, issuer: after.issuer })
    expect(await signIn(await after.token())).toMatchObject({ actor: { id } })
  })

  it('ends at once', async () => {
    const pipeline = await openPipeline()
    const { id } = await createWorkload(ctx, administrator, input(pipeline))
    const token = await pipeline.token()
    await signIn(token)
    expect(await removeWorkload(ctx, administrator, { id, dryRun: true })).toMatchObject({ id })
    expect(await removeWorkload(ctx, administrator, { id })).toMatchObject({ id })
    await vi.waitFor(
      async () => await expect(signIn(token)).rejects.toMatchObject({ code: 'unauthenticated' }),
    )
    await expect(getWorkload(ctx, administrator, { id })).rejects.toMatchObject({ code: 'not_found' })
    await expect(removeWorkload(ctx, administrator, { id })).rejects.toMatchObject({ code: 'not_found' })
    await expect(changeWorkload(ctx, administrator, { id, name: 'x' })).rejects.toMatchObject({
      code: 'not_found',
    })
  })

  it('has a name of its own, a team that is there, and keys that can be pinned', async () => {
    const pipeline = await openPipeline()
    const first = await createWorkload(ctx, administrator, input(pipeline))
    const taken = expect.objectContaining({
      code: 'conflict',
      fields: [expect.objectContaining({ path: 'name' })],
    })
    await expect(createWorkload(ctx, administrator, input(pipeline, { name: first.name }))).rejects.toEqual(
      taken,
    )
    const { id } = await createWorkload(ctx, administrator, input(pipeline))
    await expect(changeWorkload(ctx, administrator, { id, name: first.name })).rejects.toEqual(taken)
    const lost = input(pipeline, { team: 'nobody' })
    await expect(createWorkload(ctx, administrator, lost)).rejects.toMatchObject({
      fields: [{ path: 'team' }],
    })
    const secret = input(pipeline, { keys: { keys: [{ kty: 'oct', k: 'AAAA' }] } })
    await expect(createWorkload(ctx, administrator, secret)).rejects.toMatchObject({
      fields: [{ path: 'keys.keys.0' }],
    })
  })

  it('is made by administrators alone', async () => {
    const pipeline = await openPipeline()
    const maintainer = await createActor(ctx, 'maintainer', [team])
    await expect(createWorkload(ctx, maintainer, input(pipeline))).rejects.toMatchObject({
      code: 'forbidden',
    })
    expect(await listWorkloads(ctx, maintainer, { limit: 5 })).toMatchObject({ items: expect.any(Array) })
    const member = await createActor(ctx, 'member', [team])
    await expect(listWorkloads(ctx, member, { limit: 5 })).rejects.toMatchObject({ code: 'forbidden' })
  })

  it('is listed by name, page by page', async () => {
    const first = await listWorkloads(ctx, administrator, { limit: 2 })
    expect(first.items).toHaveLength(2)
    const second = await listWorkloads(ctx, administrator, { limit: 500, cursor: String(first.nextCursor) })
    const names = [...first.items, ...second.items].map(({ name }) => name)
    expect(names).toEqual([...names].sort())
    expect(names).toHaveLength(await ctx.db.workloadIdentity.count())
  })
})

describe('what is asked of a workload identity', () => {
  it.each([
    { claims: {} },
    { claims: { sub: '*' } },
    { claims: { sub: 7 } },
    { keys: { keys: [] } },
    { scopes: [] },
    { scopes: ['administer'] },
    { issuer: 'ci' },
    { audience: '' },
  ])('is more than %j', async (part) => {
    const good = input(await openPipeline())
    expect(workloadInput.safeParse(good).success).toBe(true)
    expect(workloadInput.safeParse({ ...good, ...part }).success).toBe(false)
  })
})
