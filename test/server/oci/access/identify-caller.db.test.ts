import { randomUUID } from 'node:crypto'
import { afterAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { changeOwnPassword } from '@/server/auth/change-own-password'
import { changeUser } from '@/server/auth/change-user'
import { hashPassword } from '@/server/auth/passwords'
import { type Actor, anonymous, system } from '@/server/auth/permissions'
import { revokeToken } from '@/server/auth/revoke-token'
import { signInWithPassword } from '@/server/auth/sign-in'
import { hashToken } from '@/server/auth/token-secret'
import { AppError } from '@/server/errors'
import { listen } from '@/server/events'
import type { Grant } from '@/server/oci/access/caller'
import { CallerIdentifier } from '@/server/oci/access/identify-caller'
import { type Bearer, issueRegistryToken } from '@/server/oci/access/registry-token'
import type { Cluster } from '@/server/storage/clusters'
import { createSecret } from '@/test/support/api'
import { openTestContext } from '@/test/support/context'
import { createActor, createTeam } from '@/test/support/people'
import { basic, createPipelineIdentity, openPipeline } from '@/test/support/registry-access'

const ctx = await openTestContext({ ENTREPOT_CLUSTERS: 'hume' })
const notices = await listen(ctx.pool, ctx.log)
const identifier = new CallerIdentifier(ctx, notices)
afterAll(async () => {
  identifier.close()
  await notices.close()
})

const cluster = ctx.clusters.named('default')
const PASSWORD = 'correct horse battery'
const passwordHash = await hashPassword(PASSWORD)
const { createdAt: _, updatedAt: __, ...team } = await createTeam(ctx)
const access: Grant[] = [{ type: 'repository', name: 'a/b', actions: ['pull'] }]
const wrong = expect.objectContaining({ code: 'unauthenticated' })
const identify = async (header?: string, at: Cluster = cluster) =>
  identifier.identify(at, header, () => address)
const registryToken = async (bearer: Bearer, at = 'default') =>
  `Bearer ${(await issueRegistryToken(ctx, at, { bearer, access })).token}`

let address: string
let member: Actor
let email: string

beforeEach(async () => {
  address = `2001:db8:${Math.floor(Math.random() * 65536).toString(16)}:${Math.floor(Math.random() * 65536).toString(16)}::1`
  member = await createActor(ctx, 'member', [team])
  const { email: known } = await ctx.db.user.update({
    where: { id: member.id as string },
    data: { passwordHash },
  })
  email = known
})

describe('a caller', () => {
  it('without credentials is nobody', async () => {
    expect(identifier.identify(cluster, undefined)).toEqual({ actor: anonymous, grants: 'all' })
  })

  it('with an API token, by either scheme and whatever the login, may what the token may', async () => {
    const secret = await createSecret(ctx, member, { scopes: ['read'] })
    for (const header of [`Bearer ${secret}`, basic('anyone', secret), basic('', secret)]) {
      expect(await identify(header)).toMatchObject({
        actor: { kind: 'token', userId: member.id, scopes: ['read'] },
        grants: 'all',
      })
    }
  })

  it('with e-mail and password is that person, with all of their rights', async () => {
    expect(await identify(basic(email.toUpperCase(), PASSWORD))).toEqual({ actor: member, grants: 'all' })
  })

  it('with a registry token may what it was issued for', async () => {
    expect(await identify(await registryToken({ kind: 'anonymous' }))).toEqual({
      actor: anonymous,
      grants: access,
    })
    expect(await identify(await registryToken({ kind: 'user', id: String(member.id), version: 1 }))).toEqual({
      actor: member,
      grants: access,
    })
  })

  it.each([
    '',
    'Basic',
    'Digest a="b"',
    'Bearer nonsense',
    `Bearer ent_${'a'.repeat(43)}`,
    basic('anyone', `ent_${'a'.repeat(43)}`),
    basic('no-address', 'password'),
    basic('', ''),
  ])('with %j is refused', async (header) => {
    await expect(identify(header)).rejects.toEqual(wrong)
  })

  it('with a registry token of another cluster is refused', async () => {
    const header = await registryToken({ kind: 'anonymous' }, 'hume')
    await expect(identify(header)).rejects.toEqual(wrong)
    expect(await identify(header, ctx.clusters.named('hume'))).toMatchObject({ grants: access })
    await expect(identify(header), 'remembered for the other one only').rejects.toEqual(wrong)
  })
})

describe('a registry token ends at once', () => {
  const speaksNoMore = (header: string) =>
    vi.waitFor(async () => await expect(identify(header)).rejects.toEqual(wrong))

  it('with the API token behind it', async () => {
    await createSecret(ctx, member)
    const { id } = await ctx.db.apiToken.findFirstOrThrow({ where: { userId: String(member.id) } })
    const header = await registryToken({ kind: 'token', id })
    expect(await identify(header)).toMatchObject({ actor: { kind: 'token', id }, grants: access })
    await revokeToken(ctx, system, { id })
    await speaksNoMore(header)
  })

  it('with the person behind it', async () => {
    const header = await registryToken({ kind: 'user', id: String(member.id), version: 1 })
    expect(await identify(header)).toMatchObject({ actor: { id: member.id } })
    await changeUser(ctx, await createActor(ctx, 'administrator'), { id: String(member.id), disabled: true })
    await speaksNoMore(header)
  })

  it('with their former password, and so does that', async () => {
    const header = await registryToken({ kind: 'user', id: String(member.id), version: 1 })
    await identify(header)
    await identify(basic(email, PASSWORD))
    await changeOwnPassword(ctx, member, { current: PASSWORD, password: 'another battery horse' })
    await speaksNoMore(header)
    await speaksNoMore(basic(email, PASSWORD))
  })
})

describe('passwords', () => {
  it('lock the account after five that are wrong, the right one and the portal included', async () => {
    for (let failure = 0; failure < 5; failure += 1) {
      await expect(identify(basic(email, `wrong ${failure}`))).rejects.toEqual(wrong)
    }
    const locked = expect.objectContaining({ code: 'rate_limited', detail: { reason: 'locked' } })
    await expect(identify(basic(email, PASSWORD))).rejects.toEqual(locked)
    await expect(signInWithPassword(ctx, { email, password: PASSWORD, address })).rejects.toEqual(locked)
    expect(
      await ctx.db.auditEntry.count({ where: { action: 'user.lock', subjectId: String(member.id) } }),
    ).toBe(1)
  })

  it('lock addresses of nobody in the same way', async () => {
    const nobody = `${randomUUID()}@example.org`
    for (let failure = 0; failure < 5; failure += 1) {
      await expect(identify(basic(nobody, `wrong ${failure}`))).rejects.toEqual(wrong)
    }
    await expect(identify(basic(nobody, PASSWORD))).rejects.toMatchObject({ code: 'rate_limited' })
  })

  it('stop a client that tries many accounts, and no other client', async () => {
    for (let failure = 0; failure < 20; failure += 1) {
      await expect(identify(basic(`${randomUUID()}@example.org`, 'wrong'))).rejects.toEqual(wrong)
    }
    await expect(identify(basic(email, PASSWORD))).rejects.toMatchObject({ detail: { reason: 'limited' } })
    address = '192.0.2.77'
    expect(await identify(basic(email, PASSWORD))).toMatchObject({ actor: { id: member.id } })
  })

  it('are checked once for requests that come together', async () => {
    const callers = await Promise.all(Array.from({ length: 12 }, () => identify(basic(email, PASSWORD))))
    expect(new Set(callers).size).toBe(1)
    const { failedSignIns } = await ctx.db.user.findUniqueOrThrow({ where: { email } })
    expect(failedSignIns).toBe(0)
  })
})

describe('a pipeline', () => {
  it('signs in with its own token as the password, and is a member of one team', async () => {
    const pipeline = await openPipeline()
    const { id, name } = await createPipelineIdentity(ctx, pipeline, { teamId: team.id })
    const header = basic('oidc', await pipeline.token())
    expect(await identify(header)).toEqual({
      grants: 'all',
      actor: {
        kind: 'token',
        id,
        userId: null,
        name: `workload ${name}`,
        role: 'member',
        teams: [{ id: team.id, slug: team.slug, name: team.name }],
        onlyTeam: team.slug,
        scopes: ['read', 'push'],
      },
    })
    expect((await ctx.db.workloadIdentity.findUniqueOrThrow({ where: { id } })).lastUsedAt).not.toBeNull()
    expect(await identify(await registryToken({ kind: 'workload', id }))).toMatchObject({ actor: { id } })
  })

  it('is refused with claims of another, or when no workload has its issuer', async () => {
    const pipeline = await openPipeline()
    await expect(identify(basic('oidc', await pipeline.token()))).rejects.toMatchObject({
      message: 'No workload identity has the issuer of this token.',
    })
    await createPipelineIdentity(ctx, pipeline, { teamId: team.id })
    await expect(identify(basic('oidc', await pipeline.token({ sub: 'other' })))).rejects.toEqual(wrong)
    const stranger = await openPipeline()
    const forged = await stranger.token({ iss: pipeline.issuer })
    await expect(identify(basic('oidc', forged))).rejects.toEqual(wrong)
  })

  it('is the workload whose claims its token has', async () => {
    const pipeline = await openPipeline()
    const other = await createTeam(ctx)
    await createPipelineIdentity(ctx, pipeline, {
      teamId: other.id,
      claims: { sub: 'project:images', env: 'prod' },
    })
    const loose = await createPipelineIdentity(ctx, pipeline, { teamId: team.id, name: `zz-${randomUUID()}` })
    expect(await identify(basic('oidc', await pipeline.token({ env: 'test' })))).toMatchObject({
      actor: { id: loose.id },
    })
    expect(await identify(basic('oidc', await pipeline.token({ env: 'prod' })))).toMatchObject({
      actor: { onlyTeam: other.slug },
    })
  })
})

describe('a cluster with users of its own', () => {
  const users = {
    identify: vi.fn(async (token: string) => {
      if (token !== 'its-token')
        throw new AppError('unauthenticated', 'The cluster does not know this token.')
      return 'ada'
    }),
    decide: vi.fn(),
  }
  const other: Cluster = { ...cluster, name: 'yt', users }

  it('knows people by its own tokens, whatever the login', async () => {
    expect(await identify(basic('whoever', 'its-token'), other)).toEqual({
      actor: { kind: 'user', id: null, userId: null, name: 'ada', role: 'member', teams: [], scopes: 'all' },
      grants: 'all',
      clusterUser: { login: 'ada', token: 'its-token' },
    })
  })

  it('lets nobody in without one', async () => {
    const secret = await createSecret(ctx, member)
    for (const header of [
      undefined,
      `Bearer ${secret}`,
      basic('a', secret),
      basic('a', ''),
      basic(email, PASSWORD),
    ]) {
      await expect(identify(header, other), String(header)).rejects.toEqual(wrong)
    }
    await expect(identify(await registryToken({ kind: 'anonymous' }, 'yt'), other)).rejects.toEqual(wrong)
  })
})

describe('what is remembered', () => {
  it('costs no look-up, no promise and no address', async () => {
    const header = `Bearer ${await createSecret(ctx, member)}`
    // Who asked before the notice of an earlier change came is not remembered.
    await vi.waitFor(async () => {
      const caller = await identify(header)
      const never = vi.fn(() => address)
      expect(identifier.identify(cluster, header, never)).toBe(caller)
      expect(never).not.toHaveBeenCalled()
    })
  })

  it('is not what was asked before a notice', async () => {
    const header = `Bearer ${await createSecret(ctx, member)}`
    const { id } = await ctx.db.apiToken.findFirstOrThrow({ where: { userId: String(member.id) } })
    const asking = identify(header)
    await revokeToken(ctx, system, { id })
    await asking.catch(() => undefined)
    await vi.waitFor(async () => await expect(identify(header)).rejects.toEqual(wrong))
  })

  it('is never a refusal', async () => {
    const secret = `ent_${'b'.repeat(43)}`
    await expect(identify(`Bearer ${secret}`)).rejects.toEqual(wrong)
    await ctx.db.apiToken.create({
      data: {
        name: 'late',
        prefix: 'ent_',
        hash: hashToken(secret),
        userId: String(member.id),
        scopes: ['read'],
      },
    })
    expect(await identify(`Bearer ${secret}`)).toMatchObject({ actor: { userId: member.id } })
  })
})
