import { randomUUID } from 'node:crypto'
import { afterAll, describe, expect, it, vi } from 'vitest'
import { type Actor, anonymous } from '@/server/auth/permissions'
import { listen, notify } from '@/server/events'
import type { Caller, Grant } from '@/server/oci/access/caller'
import { decideNode, NodeAccess } from '@/server/oci/access/decide-node'
import type { NodePermission, RuleEffect } from '@/server/oci/access/schema'
import type { Cluster } from '@/server/storage/clusters'
import { openTestContext } from '@/test/support/context'
import { createActor, createTeam } from '@/test/support/people'

const ctx = await openTestContext({ ENTREPOT_CLUSTERS: 'hume' })
const notices = await listen(ctx.pool, ctx.log)
const access = new NodeAccess(ctx, notices)
afterAll(async () => {
  access.close()
  await notices.close()
})

const cluster = ctx.clusters.named('default')
const team = await createTeam(ctx)
const member = await createActor(ctx, 'member', [team])
const all = (actor: Actor): Caller => ({ actor, grants: 'all' })
const nobody: Caller = { actor: anonymous, grants: 'all' }

/** A tree of its own for each test. */
const newRoot = () => `t${randomUUID().slice(0, 8)}`
const untagged = (name: string, on = 'default') => ctx.db.repository.create({ data: { cluster: on, name } })
async function tag(repositoryId: string) {
  const digest = `sha256:${'0'.repeat(64)}`
  const content = Buffer.from('{}')
  await ctx.db.manifest.create({
    data: { repositoryId, digest, mediaType: 'a/b', content, size: content.length, pushedBy: 'somebody' },
  })
  await ctx.db.tag.create({ data: { repositoryId, name: 'latest', digest, pushedBy: 'somebody' } })
}
async function repository(name: string, on = 'default') {
  const made = await untagged(name, on)
  await tag(made.id)
  return made
}
const ruleAt = (
  path: string,
  permissions: NodePermission[],
  part: { effect?: RuleEffect; inherited?: boolean } = {},
) =>
  ctx.db.node.upsert({
    where: { cluster_path: { cluster: 'default', path } },
    create: {
      cluster: 'default',
      path,
      rules: { create: { subject: 'team', teamId: team.id, permissions, effect: 'allow', ...part } },
    },
    update: {
      rules: { create: { subject: 'team', teamId: team.id, permissions, effect: 'allow', ...part } },
    },
  })
const openTo = (path: string) =>
  ctx.db.node.create({
    data: {
      cluster: 'default',
      path,
      rules: { create: { subject: 'everyone', permissions: ['read'], effect: 'allow' } },
    },
  })

const decide = async (right: NodePermission, name: string, caller = all(member)) => {
  const fresh = await decideNode(ctx, cluster, caller, right, name)
  const cached = new NodeAccess(ctx, { on: () => () => undefined, close: async () => undefined })
  expect(await cached.decide(cluster, caller, right, name), 'the one with a memory').toEqual(fresh)
  expect(cached.decide(cluster, caller, right, name), 'the one that remembers').toEqual(fresh)
  return fresh
}

describe('pull needs read on the node (origin 001)', () => {
  it('is allowed with it', async () => {
    const root = newRoot()
    await repository(`${root}/ubuntu`)
    expect(await decide('read', `${root}/ubuntu`)).toMatchObject({
      allowed: true,
      rule: { id: null, node: '' },
    })
  })

  it('is refused where it is denied, with the rule as a sentence', async () => {
    const root = newRoot()
    await repository(`${root}/ubuntu`)
    await ruleAt(root, ['read'], { effect: 'deny' })
    expect(await decide('read', `${root}/ubuntu`)).toMatchObject({
      allowed: false,
      reason: `//${root} denies read to the team ${team.name}.`,
      judgedAt: `${root}/ubuntu`,
    })
  })

  it('is allowed to who has a name where nothing is, for a push begins with a read', async () => {
    const root = newRoot()
    await ruleAt(root, ['read'], { effect: 'deny' })
    expect(await decide('read', `${root}/new`)).toMatchObject({ allowed: true, judgedAt: `${root}/new` })
    const blind = { ...member, kind: 'token' as const, scopes: ['push' as const] }
    expect(await decide('read', `${root}/new`, all(blind))).toMatchObject({ allowed: false })
  })

  it('of what is absent is judged, for nobody in particular, by the nearest node above', async () => {
    const root = newRoot()
    expect(await decide('read', `${root}/new`, nobody)).toMatchObject({ allowed: false, judgedAt: '' })
    await openTo(root)
    expect(await decide('read', `${root}/new`, nobody)).toMatchObject({ allowed: true, judgedAt: root })
  })
})

describe('push needs write on the nearest node that exists (origin 001)', () => {
  it('the repository itself', async () => {
    const root = newRoot()
    await repository(`${root}/images/ubuntu`)
    expect(await decide('write', `${root}/images/ubuntu`)).toMatchObject({
      allowed: false,
      judgedAt: `${root}/images/ubuntu`,
    })
    await ruleAt(`${root}/images/ubuntu`, ['write'], { inherited: false })
    expect(await decide('write', `${root}/images/ubuntu`)).toMatchObject({ allowed: true })
  })

  it('the nearest above when it is absent, by its rules that are not inherited, too', async () => {
    const root = newRoot()
    await ruleAt(`${root}/images`, ['write'], { inherited: false })
    expect(await decide('write', `${root}/images/new/deep`)).toMatchObject({
      allowed: true,
      judgedAt: `${root}/images`,
    })
    await repository(`${root}/images/new/deep`)
    expect(await decide('write', `${root}/images/new/deep`)).toMatchObject({
      allowed: false,
      judgedAt: `${root}/images/new/deep`,
    })
  })

  it('the one above, from the first chunk of a first push to its first tag', async () => {
    const root = newRoot()
    await ruleAt(root, ['write'], { inherited: false })
    const { id } = await untagged(`${root}/images/new`)
    expect(await decide('write', `${root}/images/new`)).toMatchObject({ allowed: true, judgedAt: root })
    expect(await decide('read', `${root}/images/new`), 'what it reads is there').toMatchObject({
      judgedAt: `${root}/images/new`,
    })
    await tag(id)
    expect(await decide('write', `${root}/images/new`)).toMatchObject({ allowed: false })
    expect(await decide('write', `${root}/images/other`)).toMatchObject({ judgedAt: `${root}/images` })
  })

  it('a node that is only there because something is below it', async () => {
    const root = newRoot()
    await repository(`${root}/images/ubuntu`)
    expect(await decide('write', `${root}/images/new`)).toMatchObject({ judgedAt: `${root}/images` })
    expect(await decide('write', `${root}/imag`)).toMatchObject({ judgedAt: root })
    expect(await decide('write', `${root}x`)).toMatchObject({ judgedAt: '' })
  })

  it('the root when there is nothing', async () => {
    expect(await decide('write', 'nothing/at/all')).toMatchObject({ allowed: false, judgedAt: '' })
    expect(
      await decide('write', 'nothing/at/all', all(await createActor(ctx, 'administrator'))),
    ).toMatchObject({
      allowed: true,
    })
  })

  it('is never allowed to nobody in particular', async () => {
    const root = newRoot()
    await openTo(root)
    expect(await decide('write', `${root}/new`, nobody)).toMatchObject({ allowed: false })
  })
})

describe('delete needs remove (origin 001)', () => {
  it('on what is there', async () => {
    const root = newRoot()
    await repository(`${root}/ubuntu`)
    await ruleAt(root, ['write'])
    expect(await decide('remove', `${root}/ubuntu`)).toMatchObject({ allowed: false })
    await ruleAt(root, ['remove'])
    expect(await decide('remove', `${root}/ubuntu`)).toMatchObject({ allowed: true })
  })

  it('not on what is absent, but a name', async () => {
    const root = newRoot()
    expect(await decide('remove', `${root}/new`)).toMatchObject({ allowed: true })
    expect(await decide('remove', `${root}/new`, nobody)).toMatchObject({ allowed: false })
    expect(await decide('remove', `${root}/new`, all(await createActor(ctx, 'viewer')))).toMatchObject({
      allowed: false,
    })
  })
})

describe('clusters', () => {
  it('have nodes and rules of their own', async () => {
    const root = newRoot()
    await ruleAt(root, ['write'])
    expect(await decideNode(ctx, ctx.clusters.named('hume'), all(member), 'write', root)).toMatchObject({
      allowed: false,
      judgedAt: '',
    })
  })

  it('with users of their own decide themselves', async () => {
    const decideThere = vi.fn(async () => ({ allowed: true, reason: 'write is allowed by //home.' }))
    const other: Cluster = {
      ...cluster,
      name: 'yt',
      users: { identify: async () => 'ada', decide: decideThere },
    }
    const caller: Caller = { ...all(member), clusterUser: { login: 'ada', token: 'secret' } }
    expect(await access.decide(other, caller, 'write', 'home/ada')).toMatchObject({ allowed: true })
    expect(decideThere).toHaveBeenCalledWith('secret', 'ada', 'write', 'home/ada')
    expect(await decideNode(ctx, other, caller, 'administer', 'home/ada')).toMatchObject({ allowed: false })
    expect(await decideNode(ctx, other, all(member), 'read', 'home/ada')).toMatchObject({ allowed: false })
    expect(await decideNode(ctx, other, nobody, 'read', 'home/ada')).toMatchObject({ allowed: false })
    expect(decideThere).toHaveBeenCalledTimes(1)
  })
})

describe('a registry token', () => {
  const with_ = (...grants: Grant[]): Caller => ({ actor: member, grants })
  const grant = (name: string, ...actions: string[]): Grant => ({ type: 'repository', name, actions })

  it('lets its bearer do what it was issued for, and says when another would help', async () => {
    const root = newRoot()
    const name = `${root}/ubuntu`
    await repository(name)
    await ruleAt(root, ['write'])
    expect(await decide('read', name, with_(grant(name, 'pull')))).toMatchObject({ allowed: true })
    expect(await decide('write', name, with_(grant(name, 'pull', 'push')))).toMatchObject({ allowed: true })
    expect(await decide('write', name, with_(grant(name, '*')))).toMatchObject({ allowed: true })
    for (const caller of [with_(), with_(grant(name, 'pull')), with_(grant(`${name}x`, 'push'))]) {
      expect(await decide('write', name, caller)).toEqual({
        allowed: false,
        missingGrant: true,
        reason: `The registry token that was sent is not for push of ${name}.`,
      })
    }
    expect(await decide('remove', name, with_(grant(name, 'pull')))).not.toHaveProperty('missingGrant')
  })

  it('never lets anybody do more than the rules', async () => {
    const root = newRoot()
    await repository(root)
    expect(await decide('write', root, with_(grant(root, '*')))).toMatchObject({ allowed: false })
  })

  it('is what a caller without credentials lacks where everyone may read', async () => {
    const root = newRoot()
    await openTo(root)
    expect(await decide('read', root, { actor: anonymous, grants: [] })).toMatchObject({
      allowed: false,
      missingGrant: true,
    })
    expect(await decide('read', root, { actor: anonymous, grants: [grant(root, 'pull')] })).toMatchObject({
      allowed: true,
    })
  })
})

describe('what is remembered', () => {
  const now = (right: NodePermission, name: string, caller = all(member)) =>
    access.decide(cluster, caller, right, name)

  it('costs no look-up and no promise', async () => {
    const root = newRoot()
    await repository(root)
    await now('read', root)
    const query = vi.spyOn(ctx.pool, 'query')
    expect(now('read', root)).toMatchObject({ allowed: true })
    expect(now('write', root)).toMatchObject({ allowed: false })
    expect(now('read', root, nobody)).toMatchObject({ allowed: false })
    expect(query).not.toHaveBeenCalled()
    query.mockRestore()
  })

  it('ends when rules change', async () => {
    const root = newRoot()
    await repository(root)
    expect(await now('write', root)).toMatchObject({ allowed: false })
    await ruleAt(root, ['write'])
    await notify(ctx.db, { topic: 'access' })
    await vi.waitFor(async () => expect(await now('write', root)).toMatchObject({ allowed: true }))
    await ctx.db.nodeRule.deleteMany({ where: { node: { path: root } } })
    await notify(ctx.db, { topic: 'access', id: randomUUID() })
    await vi.waitFor(async () => expect(await now('write', root)).toMatchObject({ allowed: false }))
  })

  it('ends for what was absent when a repository comes', async () => {
    const root = newRoot()
    await ruleAt(root, ['read'], { effect: 'deny' })
    expect(await now('read', `${root}/new`)).toMatchObject({ allowed: true })
    const { id } = await repository(`${root}/new`)
    await notify(ctx.db, { topic: 'repository', id })
    await vi.waitFor(async () => expect(await now('read', `${root}/new`)).toMatchObject({ allowed: false }))
  })

  it('ends for a first push with its tag', async () => {
    const root = newRoot()
    await ruleAt(root, ['write'], { inherited: false })
    const { id } = await untagged(`${root}/new`)
    expect(await now('write', `${root}/new`)).toMatchObject({ allowed: true })
    await tag(id)
    await notify(ctx.db, { topic: 'repository', id })
    await vi.waitFor(async () => expect(await now('write', `${root}/new`)).toMatchObject({ allowed: false }))
  })

  it('does not end for what is there each time that something is pushed', async () => {
    const root = newRoot()
    const { id } = await repository(root)
    await now('read', root)
    now('read', root)
    const heard = vi.fn()
    const stop = notices.on('repository', heard)
    await notify(ctx.db, { topic: 'repository', id })
    await vi.waitFor(() => expect(heard).toHaveBeenCalled())
    stop()
    expect(now('read', root)).toMatchObject({ allowed: true })
  })

  it('asks once for what many want to know at the same time', async () => {
    const root = newRoot()
    await repository(root)
    const query = vi.spyOn(ctx.pool, 'query')
    await Promise.all(Array.from({ length: 50 }, () => now('read', root)))
    expect(query.mock.calls.length).toBe(2)
    query.mockRestore()
  })
})

describe('the root', () => {
  it('has the built-in rule until somebody writes rules for it, and none when those are gone', async () => {
    const root = newRoot()
    await repository(root, 'hume')
    const hume = ctx.clusters.named('hume')
    const read = () => decideNode(ctx, hume, all(member), 'read', root)
    expect(await read()).toMatchObject({ allowed: true, rule: { id: null } })
    const node = await ctx.db.node.create({
      data: {
        cluster: 'hume',
        path: '',
        rules: { create: { subject: 'everyone', permissions: ['read'], effect: 'allow' } },
      },
    })
    expect(await read()).toMatchObject({ allowed: true, reason: '/ allows read to everyone.' })
    await ctx.db.nodeRule.deleteMany({ where: { nodeId: node.id } })
    expect(await read()).toMatchObject({ allowed: false })
  })
})
