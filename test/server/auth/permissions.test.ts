import { describe, expect, it } from 'vitest'
import { type Actor, actions, anonymous, authorise, refusal, ruleOf, system } from '@/server/auth/permissions'
import { role, scope } from '@/server/auth/schema'

const team = { id: '00000000-0000-4000-8000-000000000001', slug: 'build', name: 'Build' }
const actor = (change: Partial<Actor>): Actor => ({
  kind: 'user',
  id: 'u1',
  userId: 'u1',
  name: 'Ada',
  role: 'member',
  teams: [team],
  scopes: 'all',
  ...change,
})

describe('every action', () => {
  it.each(actions)('%s is refused below its role, and without its scope', (action) => {
    const rule = ruleOf(action)
    const rank = role.options.indexOf(rule.role)
    for (const [index, each] of role.options.entries()) {
      const reason = refusal(actor({ role: each }), action, { ownerId: 'u1' })
      expect(reason === undefined, `${each}: ${reason}`).toBe(index >= rank)
    }
    for (const each of scope.options) {
      const reason = refusal(actor({ role: 'administrator', scopes: [each] }), action)
      expect(reason === undefined, `${each}: ${reason}`).toBe(each === rule.scope)
    }
    expect(refusal(anonymous, action)).toBe('Sign in, or send an API token.')
    expect(refusal(system, action)).toBeUndefined()
  })
})

describe('teams', () => {
  it('one acts only for one’s own, unless administrator', () => {
    expect(refusal(actor({}), 'file.declare', { team: 'build' })).toBeUndefined()
    expect(refusal(actor({}), 'file.declare', { team: 'other' })).toBe(
      'You do not belong to the team “other”.',
    )
    expect(refusal(actor({ role: 'administrator' }), 'file.declare', { team: 'other' })).toBeUndefined()
  })

  it('a token of one team acts for no other, even an administrator’s', () => {
    const bound = actor({ kind: 'token', role: 'administrator', onlyTeam: 'build' })
    expect(refusal(bound, 'file.declare', { team: 'build' })).toBeUndefined()
    expect(refusal(bound, 'file.declare', { team: 'other' })).toBe(
      'This token acts for the team “build” only.',
    )
  })
})

describe('owners', () => {
  it('may end what is theirs; others need the role', () => {
    expect(refusal(actor({}), 'task.cancel', { ownerId: 'u1' })).toBeUndefined()
    expect(refusal(actor({}), 'task.cancel', { ownerId: 'u2' })).toMatch(/Only its owner/)
    expect(refusal(actor({}), 'task.cancel', { ownerId: null })).toMatch(/Only its owner/)
    expect(refusal(actor({ role: 'maintainer' }), 'task.cancel', { ownerId: 'u2' })).toBeUndefined()
  })
})

describe('authorise', () => {
  it('tells apart who must sign in and who may not', () => {
    expect(() => authorise(anonymous, 'file.read')).toThrow(
      expect.objectContaining({ code: 'unauthenticated' }),
    )
    expect(() => authorise(actor({ role: 'viewer' }), 'file.declare')).toThrow(
      expect.objectContaining({ code: 'forbidden', message: 'This needs the role member; you are viewer.' }),
    )
  })
})
