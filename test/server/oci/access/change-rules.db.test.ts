import { randomUUID } from 'node:crypto'
import { afterAll, describe, expect, it, vi } from 'vitest'
import type { Actor } from '@/server/auth/permissions'
import { listen } from '@/server/events'
import { addRule } from '@/server/oci/access/add-rule'
import { changeRule, removeRule } from '@/server/oci/access/change-rule'
import { decideNode } from '@/server/oci/access/decide-node'
import { listNodeRules } from '@/server/oci/access/list-rules'
import { replaceRules } from '@/server/oci/access/replace-rules'
import type { NodeRuleInput } from '@/server/oci/access/schema'
import { openTestContext } from '@/test/support/context'
import { createActor, createTeam } from '@/test/support/people'

const ctx = await openTestContext({ ENTREPOT_CLUSTERS: 'hume kant' })
const notices = await listen(ctx.pool, ctx.log)
afterAll(() => notices.close())

const cluster = 'default'
const team = await createTeam(ctx)
const administrator = await createActor(ctx, 'administrator')
const member = await createActor(ctx, 'member', [team])
const newPath = () => `t${randomUUID().slice(0, 8)}/images`
const write: NodeRuleInput = {
  subject: 'team',
  team: team.slug,
  permissions: ['write'],
  effect: 'allow',
  inherited: true,
}
const own: NodeRuleInput = {
  subject: 'user',
  user: String(member.id),
  permissions: ['administer'],
  effect: 'allow',
  inherited: true,
}
const open: NodeRuleInput = { subject: 'everyone', permissions: ['read'], effect: 'allow', inherited: true }
const forbidden = expect.objectContaining({ code: 'forbidden' })
const mayWrite = async (actor: Actor, path: string) =>
  (await decideNode(ctx, ctx.clusters.named(cluster), { actor, grants: 'all' }, 'write', path)).allowed

describe('a rule', () => {
  it('holds from when it is added, makes its node exist, and is on record', async () => {
    const path = newPath()
    const heard = vi.fn()
    const stop = notices.on('access', heard)
    const rule = await addRule(ctx, administrator, { cluster, path, ...write })
    expect(rule).toMatchObject({
      node: path,
      subject: 'team',
      user: null,
      team: { id: team.id, slug: team.slug },
      permissions: ['write'],
      effect: 'allow',
      inherited: true,
    })
    expect(await mayWrite(member, `${path}/ubuntu`)).toBe(true)
    await vi.waitFor(() => expect(heard).toHaveBeenCalled())
    stop()
    const node = await ctx.db.node.findUniqueOrThrow({ where: { cluster_path: { cluster, path } } })
    expect(await ctx.db.auditEntry.findMany({ where: { subjectId: node.id } })).toMatchObject([
      {
        action: 'node.add-rule',
        actorId: administrator.id,
        subjectName: `default://${path}`,
        details: { subject: 'team', team: team.slug, permissions: ['write'] },
      },
    ])
  })

  it('changes nothing when it is only tried', async () => {
    const path = newPath()
    expect(await addRule(ctx, administrator, { cluster, path, ...write, dryRun: true })).toMatchObject({
      node: path,
    })
    expect(await ctx.db.node.count({ where: { path } })).toBe(0)
    expect(await mayWrite(member, path)).toBe(false)
  })

  it('is changed, and removed with its node', async () => {
    const path = newPath()
    const { id } = await addRule(ctx, administrator, { cluster, path, ...write })
    const which = { cluster, id: String(id) }
    expect(await changeRule(ctx, administrator, { ...which, ...write, effect: 'deny' })).toMatchObject({
      id,
      effect: 'deny',
    })
    expect(await mayWrite(member, path)).toBe(false)
    expect(await changeRule(ctx, administrator, { ...which, ...open })).toMatchObject({
      team: null,
      subject: 'everyone',
    })
    expect(await removeRule(ctx, administrator, { ...which, dryRun: true })).toMatchObject({ id })
    expect(await removeRule(ctx, administrator, which)).toMatchObject({ id, subject: 'everyone' })
    expect(await ctx.db.node.count({ where: { path } })).toBe(0)
    await expect(removeRule(ctx, administrator, which)).rejects.toMatchObject({ code: 'not_found' })
    await expect(changeRule(ctx, administrator, { ...which, ...open })).rejects.toMatchObject({
      code: 'not_found',
    })
  })

  it('belongs to its cluster', async () => {
    const { id } = await addRule(ctx, administrator, { cluster, path: newPath(), ...write })
    const elsewhere = { cluster: 'hume', id: String(id) }
    await expect(removeRule(ctx, administrator, elsewhere)).rejects.toMatchObject({ code: 'not_found' })
  })

  it('names somebody who is there', async () => {
    const unknown = { cluster, path: newPath(), ...write }
    await expect(addRule(ctx, administrator, { ...unknown, team: 'nobody' })).rejects.toMatchObject({
      code: 'invalid',
      fields: [{ path: 'rules.0.team' }],
    })
    const user = randomUUID()
    await expect(
      addRule(ctx, administrator, { ...unknown, ...own, team: undefined, user }),
    ).rejects.toMatchObject({
      code: 'invalid',
    })
  })
})

describe('who administers a node', () => {
  it('changes the rules there and below, and nowhere else', async () => {
    const path = newPath()
    await expect(addRule(ctx, member, { cluster, path, ...write })).rejects.toEqual(forbidden)
    const { id } = await addRule(ctx, administrator, { cluster, path, ...own })
    expect(await addRule(ctx, member, { cluster, path: `${path}/below`, ...write })).toMatchObject({
      effect: 'allow',
    })
    await expect(addRule(ctx, member, { cluster, path: `${path}x`, ...write })).rejects.toEqual(forbidden)
    await expect(addRule(ctx, member, { cluster, path: '', ...write })).rejects.toEqual(forbidden)
    await expect(replaceRules(ctx, member, { cluster: 'hume', path, rules: [] })).rejects.toEqual(forbidden)
    expect(await removeRule(ctx, member, { cluster, id: String(id) })).toMatchObject({ id })
    await expect(addRule(ctx, member, { cluster, path, ...write })).rejects.toEqual(forbidden)
  })

  it('needs the scope for it', async () => {
    const path = newPath()
    await addRule(ctx, administrator, { cluster, path, ...own })
    const token: Actor = { ...member, kind: 'token', scopes: ['read', 'push'] }
    await expect(addRule(ctx, token, { cluster, path, ...write })).rejects.toEqual(forbidden)
    expect(await addRule(ctx, { ...token, scopes: ['manage'] }, { cluster, path, ...write })).toBeDefined()
  })

  it('tells nobody else which rules there are', async () => {
    const { id } = await addRule(ctx, administrator, { cluster, path: newPath(), ...write })
    await expect(removeRule(ctx, member, { cluster, id: String(id) })).rejects.toEqual(forbidden)
    await expect(removeRule(ctx, member, { cluster, id: randomUUID() })).rejects.toEqual(forbidden)
  })
})

describe('all rules of a node', () => {
  it('are listed with those it inherits, the nearest first', async () => {
    const path = newPath()
    const [above = ''] = path.split('/')
    await addRule(ctx, administrator, { cluster: 'kant', path: above, ...write })
    await addRule(ctx, administrator, { cluster: 'kant', path: above, ...open, inherited: false })
    await addRule(ctx, administrator, { cluster: 'kant', path, ...own })
    expect(await listNodeRules(ctx, member, { cluster: 'kant', path })).toMatchObject({
      cluster: 'kant',
      path,
      exists: true,
      own: [{ node: path, subject: 'user', user: { id: member.id, name: member.name } }],
      inherited: [
        { node: above, subject: 'team' },
        { node: '', id: null, subject: 'signed_in', permissions: ['read'] },
      ],
      mayAdminister: true,
    })
    expect(await listNodeRules(ctx, member, { cluster: 'kant', path: 'nothing/here' })).toMatchObject({
      exists: false,
      own: [],
      mayAdminister: false,
    })
  })

  it('are shown to who may read the node', async () => {
    const path = newPath()
    await addRule(ctx, administrator, { cluster, path, ...write, permissions: ['read'], effect: 'deny' })
    await expect(listNodeRules(ctx, member, { cluster, path })).rejects.toMatchObject({
      code: 'forbidden',
      message: `//${path} denies read to the team ${team.name}.`,
    })
  })

  it('are replaced at once, or not at all', async () => {
    const path = newPath()
    await addRule(ctx, administrator, { cluster, path, ...write })
    const rules = [open, own]
    expect(await replaceRules(ctx, administrator, { cluster, path, rules })).toMatchObject({
      items: [{ subject: 'everyone' }, { subject: 'user' }],
    })
    expect(await mayWrite(member, path)).toBe(true)
    const broken = { cluster, path, rules: [write, { ...write, team: 'nobody' }] }
    await expect(replaceRules(ctx, administrator, broken)).rejects.toMatchObject({
      fields: [{ path: 'rules.1.team' }],
    })
    expect(await ctx.db.nodeRule.count({ where: { node: { path } } })).toBe(2)
    expect(await replaceRules(ctx, administrator, { cluster, path, rules: [] })).toEqual({ items: [] })
    expect(await ctx.db.node.count({ where: { path } })).toBe(0)
  })

  it('are written by several at the same time', async () => {
    const path = newPath()
    await Promise.all(
      Array.from({ length: 8 }, () => addRule(ctx, administrator, { cluster, path, ...write })),
    )
    expect(await ctx.db.nodeRule.count({ where: { node: { path } } })).toBe(8)
  })
})

describe('the root', () => {
  const root = { cluster: 'hume', path: '' }

  it('keeps the built-in rule beside the first that is added, and is closed when all are taken away', async () => {
    await addRule(ctx, administrator, { ...root, ...write })
    const { own: rules } = await listNodeRules(ctx, administrator, root)
    expect(rules).toMatchObject([
      { id: expect.any(String), subject: 'signed_in', permissions: ['read'] },
      { subject: 'team', permissions: ['write'] },
    ])
    for (const { id } of rules) await removeRule(ctx, administrator, { cluster: 'hume', id: String(id) })
    await expect(listNodeRules(ctx, member, root)).rejects.toEqual(forbidden)
  })
})

describe('mirror', () => {
  it('keeps its built-in rule beside the first that is added, and has none when all are taken away', async () => {
    const mirror = { cluster: 'hume', path: 'mirror' }
    await addRule(ctx, administrator, { ...mirror, ...write })
    const { own: rules } = await listNodeRules(ctx, administrator, mirror)
    expect(rules).toMatchObject([
      { id: expect.any(String), subject: 'everyone', permissions: ['read'] },
      { subject: 'team', permissions: ['write'] },
    ])
    await replaceRules(ctx, administrator, { ...mirror, rules: [] })
    expect((await listNodeRules(ctx, administrator, mirror)).own).toEqual([])
  })
})

describe('a cluster with users of its own', () => {
  it('has no rules here', async () => {
    const yt = { ...ctx.clusters.named(cluster), users: { identify: vi.fn(), decide: vi.fn() } }
    const there = { ...ctx, clusters: { ...ctx.clusters, named: () => yt } }
    const conflict = expect.objectContaining({ code: 'conflict' })
    await expect(listNodeRules(there, administrator, { cluster, path: 'a' })).rejects.toEqual(conflict)
    await expect(addRule(there, administrator, { cluster, path: 'a', ...open })).rejects.toEqual(conflict)
  })
})
