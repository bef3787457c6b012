import { randomUUID } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Actor, anonymous, system } from '@/server/auth/permissions'
import { judge, type Rule, standardRule } from '@/server/oci/access/node-rules'
import { nodePermission, ruleEffect, ruleSubject } from '@/server/oci/access/schema'

const platform = { id: randomUUID(), slug: 'platform', name: 'Platform' }
const search = { id: randomUUID(), slug: 'search', name: 'Search' }
const ada = { id: randomUUID(), name: 'Ada' }
const member: Actor = {
  ...anonymous,
  kind: 'user',
  id: ada.id,
  userId: ada.id,
  name: 'Ada',
  role: 'member',
  teams: [platform],
  scopes: 'all',
}
const administrator: Actor = { ...member, role: 'administrator' }
const path = 'sys/admin/images/ubuntu'

const rule = (part: Partial<Rule>): Rule => ({
  ...standardRule,
  id: randomUUID(),
  subject: 'everyone',
  createdAt: new Date(0),
  ...part,
})
const of = (actor: Actor, permission: (typeof nodePermission.options)[number], ...rules: Rule[]) =>
  judge({ path, actor, permission }, rules)

describe('where a rule stands', () => {
  it('counts at the node itself, inherited or not', () => {
    expect(of(member, 'read', rule({ node: path, inherited: false })).allowed).toBe(true)
    expect(of(member, 'read', rule({ node: path, inherited: true })).allowed).toBe(true)
  })

  it('counts below when it is inherited, and only then', () => {
    expect(of(member, 'read', rule({ node: 'sys/admin', inherited: true })).allowed).toBe(true)
    expect(of(member, 'read', rule({ node: 'sys/admin', inherited: false })).allowed).toBe(false)
    expect(of(member, 'read', rule({ node: '', inherited: false })).allowed).toBe(false)
  })

  it('counts nowhere else: not beside, not above, not for a name that only begins alike', () => {
    expect(of(member, 'read', rule({ node: 'home' }), rule({ node: 'sys/adm' })).allowed).toBe(false)
    expect(of(member, 'read', rule({ node: `${path}/below` })).allowed).toBe(false)
  })
})

describe('whom a rule names', () => {
  it.each([
    ['the user', rule({ subject: 'user', user: ada }), true],
    ['another user', rule({ subject: 'user', user: { id: randomUUID(), name: 'Bob' } }), false],
    ['a team of the user', rule({ subject: 'team', team: platform }), true],
    ['another team', rule({ subject: 'team', team: search }), false],
    ['who is signed in', rule({ subject: 'signed_in' }), true],
    ['everyone', rule({ subject: 'everyone' }), true],
  ])('%s', (_title, one, allowed) => {
    expect(of(member, 'read', one).allowed).toBe(allowed)
  })

  it('lets nobody in particular read what is open to everyone, and nothing else', () => {
    const open = rule({ permissions: ['read', 'write', 'remove', 'administer'] })
    expect(of(anonymous, 'read', open).allowed).toBe(true)
    for (const permission of ['write', 'remove', 'administer'] as const) {
      expect(of(anonymous, permission, open).allowed, permission).toBe(false)
    }
    expect(of(anonymous, 'read', rule({ subject: 'signed_in' })).allowed).toBe(false)
  })

  it('says to nobody in particular what would help', () => {
    expect(of(anonymous, 'read').reason).toBe(
      'Sign in, or send an API token: //sys/admin/images/ubuntu is not open to everyone.',
    )
  })
})

describe('what a rule says', () => {
  it('is refused unless a rule allows it', () => {
    expect(of(member, 'write', standardRule)).toEqual({
      allowed: false,
      reason: 'No rule of //sys/admin/images/ubuntu or above it allows write.',
    })
  })

  it('lets who has a name read, until somebody writes rules for the root', () => {
    expect(of(member, 'read', standardRule)).toMatchObject({ allowed: true, rule: standardRule })
    expect(of(anonymous, 'read', standardRule).allowed).toBe(false)
  })

  it('includes the other rights when it lets administer, and is only that when it denies it', () => {
    const all = rule({ permissions: ['administer'] })
    for (const permission of nodePermission.options) expect(of(member, permission, all).allowed).toBe(true)
    const none = rule({ permissions: ['administer'], effect: 'deny' })
    expect(of(member, 'administer', all, none).allowed).toBe(false)
    expect(of(member, 'write', all, none).allowed).toBe(true)
  })

  it('is the denial, wherever it stands', () => {
    const near = rule({ node: path, permissions: ['write'] })
    const far = rule({ node: '', permissions: ['write'], effect: 'deny' })
    expect(of(member, 'write', near, far).allowed).toBe(false)
    const denied = rule({ node: path, permissions: ['write'], effect: 'deny' })
    expect(of(member, 'write', rule({ node: '', permissions: ['write'] }), denied).allowed).toBe(false)
  })

  it('is explained by the rule nearest to the node, that which names the person first', () => {
    const far = rule({ node: 'sys', permissions: ['write'], effect: 'deny', subject: 'signed_in' })
    const near = rule({ node: 'sys/admin', permissions: ['write'], effect: 'deny', subject: 'everyone' })
    const team = { ...near, id: randomUUID(), subject: 'team' as const, team: platform }
    expect(of(member, 'write', far, near, team)).toEqual({
      allowed: false,
      reason: '//sys/admin denies write to the team Platform.',
      rule: team,
    })
    expect(of(member, 'write', far).reason).toBe('//sys denies write to everyone who is signed in.')
    expect(of(member, 'write', near).reason).toBe('//sys/admin denies write to everyone.')
    expect(of(member, 'read', rule({ subject: 'user', user: ada })).reason).toBe('/ allows read to Ada.')
  })
})

describe('role and scope', () => {
  const writable = rule({ permissions: ['write'] })

  it('come before the rules', () => {
    expect(of({ ...member, role: 'viewer' }, 'write', writable).reason).toMatch(/needs the role member/)
    const token: Actor = { ...member, kind: 'token', scopes: ['read'] }
    expect(of(token, 'write', writable).reason).toBe('This token lacks the scope “push”.')
    expect(of({ ...token, scopes: ['push'] }, 'write', writable).allowed).toBe(true)
    expect(of({ ...token, scopes: ['push'] }, 'read', rule({})).allowed).toBe(false)
  })

  it('let administrators do everything against every rule, within the scopes of their token', () => {
    const denied = rule({ permissions: ['read', 'write', 'remove', 'administer'], effect: 'deny' })
    for (const permission of nodePermission.options) {
      expect(of(administrator, permission, denied)).toEqual({
        allowed: true,
        reason: 'Administrators of the installation may do this at every node.',
      })
    }
    const token: Actor = { ...administrator, kind: 'token', scopes: ['read', 'administer'] }
    expect(of(token, 'write', writable)).toMatchObject({ allowed: false })
    expect(of(system, 'write').allowed).toBe(true)
  })
})

describe('a token that is bound to a team', () => {
  const bound: Actor = {
    ...member,
    kind: 'token',
    id: randomUUID(),
    onlyTeam: 'platform',
    scopes: ['read', 'push'],
  }
  const own = rule({ subject: 'user', user: ada, permissions: ['write'] })

  it('may what its team may', () => {
    expect(
      of(bound, 'write', rule({ subject: 'team', team: platform, permissions: ['write'] })).allowed,
    ).toBe(true)
    expect(of(bound, 'read', standardRule).allowed).toBe(true)
  })

  it('may not what only its owner may', () => {
    expect(of(member, 'write', own).allowed).toBe(true)
    expect(of(bound, 'write', own)).toEqual({
      allowed: false,
      reason:
        'No rule of //sys/admin/images/ubuntu or above it allows write to the team Platform, and this token acts for that team alone.',
    })
    expect(of({ ...bound, role: 'administrator' }, 'write').allowed).toBe(false)
  })

  it('is no way around what is denied to its owner', () => {
    const allowed = rule({ subject: 'team', team: platform, permissions: ['write'] })
    expect(of(bound, 'write', allowed, { ...own, effect: 'deny' }).allowed).toBe(false)
  })
})

describe('whatever the rules are', () => {
  const segment = fc.constantFrom('a', 'b', 'ab')
  const somePath = fc.array(segment, { maxLength: 4 }).map((parts) => parts.join('/'))
  const someRule: fc.Arbitrary<Rule> = fc.record({
    id: fc.uuid(),
    node: somePath,
    subject: fc.constantFrom(...ruleSubject.options),
    user: fc.constantFrom(ada, { id: randomUUID(), name: 'Bob' }),
    team: fc.constantFrom(platform, search),
    permissions: fc.subarray([...nodePermission.options], { minLength: 1 }),
    effect: fc.constantFrom(...ruleEffect.options),
    inherited: fc.boolean(),
    createdAt: fc.constant(new Date(0)),
  })
  const someActor = fc.constantFrom<Actor>(
    anonymous,
    member,
    { ...member, role: 'viewer' },
    { ...member, kind: 'token', onlyTeam: 'platform', scopes: ['read', 'push', 'manage'] },
  )
  const question = fc.record({
    path: somePath,
    actor: someActor,
    permission: fc.constantFrom(...nodePermission.options),
  })
  const someRules = fc.array(someRule, { maxLength: 8 })

  it('their order does not matter, neither for the answer nor for the explanation', () => {
    const shuffled = someRules.chain((rules) =>
      fc.tuple(fc.constant(rules), fc.shuffledSubarray(rules, { minLength: rules.length })),
    )
    fc.assert(
      fc.property(question, shuffled, (asked, [rules, others]) => {
        expect(judge(asked, others)).toEqual(judge(asked, rules))
      }),
    )
  })

  it('one more that allows takes no right away', () => {
    fc.assert(
      fc.property(question, someRules, someRule, (asked, rules, more) => {
        fc.pre(judge(asked, rules).allowed)
        expect(judge(asked, [...rules, { ...more, effect: 'allow' }]).allowed).toBe(true)
      }),
    )
  })

  it('one more that denies gives no right', () => {
    fc.assert(
      fc.property(question, someRules, someRule, (asked, rules, more) => {
        fc.pre(!judge(asked, rules).allowed)
        expect(judge(asked, [...rules, { ...more, effect: 'deny' }]).allowed).toBe(false)
      }),
    )
  })

  it('a denial to everyone at the root wins', () => {
    fc.assert(
      fc.property(question, someRules, (asked, rules) => {
        const denial = rule({ permissions: [asked.permission], effect: 'deny' })
        expect(judge(asked, [...rules, denial]).allowed).toBe(false)
      }),
    )
  })

  it('what is not about the node changes nothing', () => {
    fc.assert(
      fc.property(question, someRules, someRule, (asked, rules, more) => {
        const elsewhere = { ...more, node: `z/${more.node}` }
        expect(judge(asked, [...rules, elsewhere])).toEqual(judge(asked, rules))
      }),
    )
  })

  it('who may administer may do the rest, where nothing is denied', () => {
    fc.assert(
      fc.property(question, someRules, (asked, rules) => {
        const allowing = rules.map((each) => ({ ...each, effect: 'allow' as const }))
        fc.pre(judge({ ...asked, permission: 'administer' }, allowing).allowed)
        expect(judge(asked, allowing).allowed).toBe(true)
      }),
    )
  })
})
