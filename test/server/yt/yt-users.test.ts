import { afterAll, beforeEach, describe, expect, it } from 'vitest'
import type { AppError } from '@/server/errors'
import type { ClusterUsers, NodeRight } from '@/server/storage/cluster-users'
import { openYt } from '@/server/yt/open'
import { parseYtPlace } from '@/server/yt/place'
import { startYt } from '@/test/support/yt-server'

// Origin 001, “ytauth”: who may pull, push and delete which image, case by case.

const yt = await startYt()
const { cypress } = yt
afterAll(() => yt.close())
cypress.addUser('ana', 'ana-token')
cypress.addUser('ben', 'ben-token')
cypress.addAccount('images', ['ana'])
cypress.addAccount('other', [])
cypress.make('//home/ana/images', 'images')
cypress.allow('//home/ana', ['ana'], ['read', 'write', 'remove'])
cypress.make('//home/ana/images/ubuntu/_tags')
cypress.make('//home/ana/foreign', 'other')
cypress.make('//home/secret/images/_tags')
cypress.allow('//home/secret', ['everyone'], ['read', 'write', 'remove'], 'deny')
cypress.allow('//home/common', ['everyone'], ['write'])
cypress.make('//home/common', 'images')

const times = { pause: 1, light: 1_000 }
const open = (query: string) =>
  openYt(parseYtPlace(yt.place('//sys/registry', query)), { token: 'service-token', times })
const users = open('?auth=user').users as ClusterUsers

beforeEach(() => {
  yt.requests.length = 0
  yt.trouble = () => undefined
})

async function decide(login: string, right: NodeRight, name: string) {
  const { allowed, reason } = await users.decide(`${login}-token`, login, right, name)
  return [allowed, reason]
}

describe('the users of a cluster', () => {
  it('decide only when a cluster asks for it', () => {
    expect(open('').users).toBeUndefined()
  })

  it('are who their token says, whatever they typed', async () => {
    expect(await users.identify('ana-token')).toBe('ana')
    expect(await users.identify('ana-token')).toBe('ana')
    expect(yt.requests.map(({ command, token }) => [command, token])).toEqual([['/auth/whoami', 'ana-token']])
  })

  it('have a token that the cluster knows', async () => {
    const refused = (work: Promise<unknown>) => work.catch((error: AppError) => [error.code, error.message])
    const told = ['unauthenticated', 'The cluster does not know this token: sign in with another one.']
    expect(await refused(users.identify('wrong'))).toEqual(told)
    expect(await refused(users.decide('wrong', 'ana', 'read', 'home/ana/images/ubuntu'))).toEqual(told)
  })

  it('are asked about with their own token, never with that of the storage', async () => {
    await decide('ana', 'write', 'home/ana/images/new')
    expect(new Set(yt.requests.map(({ token }) => token))).toEqual(new Set(['ana-token']))
  })
})

describe('pull', () => {
  it.each<[string, string, boolean, string]>([
    ['ana', 'home/ana/images/ubuntu', true, 'lets ana read //home/ana/images/ubuntu/_tags'],
    ['ben', 'home/ana/images/ubuntu', true, 'lets ben read'],
    ['ben', 'home/secret/images', false, 'does not let ben read //home/secret/images/_tags'],
    // Pushing begins with reading what is not there yet.
    ['ben', 'home/ana/images/absent', true, 'does not exist'],
    ['ben', 'nowhere/at/all', true, 'does not exist'],
  ])('of %s from %s: %s', async (login, name, allowed, words) => {
    expect(await decide(login, 'read', name)).toEqual([allowed, expect.stringContaining(words)])
  })
})

describe('push', () => {
  it.each<[string, string, boolean, string]>([
    [
      'ana',
      'home/ana/images/ubuntu',
      true,
      'write to //home/ana/images/ubuntu/_tags, and use the account “images”',
    ],
    ['ana', 'home/ana/images/new/deep', true, 'write to //home/ana/images, the nearest node above'],
    ['ben', 'home/ana/images/ubuntu', false, 'does not let ben write to //home/ana/images/ubuntu/_tags'],
    ['ben', 'home/ana/images/new', false, '//home/ana/images, the nearest node above'],
    // Permitted to write, and not to use the account that pays for it.
    ['ana', 'home/ana/foreign/x', false, 'does not let ana use “other”, the account of //home/ana/foreign'],
    ['ben', 'home/common/x', false, 'does not let ben use “images”'],
    ['ana', 'home/common/x', true, 'lets ana write to //home/common'],
    // Nothing on the way exists: the root decides.
    ['ana', 'nowhere/at/all', false, 'does not let ana write to /, the nearest node above'],
    // What may not even be looked at.
    ['ben', 'home/secret/images', false, 'does not let ben'],
    ['ben', 'home/secret/new', false, 'does not let ben'],
  ])('of %s to %s: %s', async (login, name, allowed, words) => {
    expect(await decide(login, 'write', name)).toEqual([allowed, expect.stringContaining(words)])
  })
})

describe('delete', () => {
  it.each<[string, string, boolean, string]>([
    ['ana', 'home/ana/images/ubuntu', true, 'lets ana remove'],
    ['ben', 'home/ana/images/ubuntu', false, 'does not let ben remove'],
    ['ben', 'home/ana/images/absent', true, 'does not exist'],
  ])('of %s from %s: %s', async (login, name, allowed, words) => {
    expect(await decide(login, 'remove', name)).toEqual([allowed, expect.stringContaining(words)])
  })
})

describe('a cluster that is away', () => {
  it('decides nothing', async () => {
    yt.trouble = () => ({ status: 503 })
    await expect(users.decide('ana-token', 'ana', 'read', 'home/ana')).rejects.toMatchObject({
      code: 'unavailable',
    })
    await expect(users.identify('new-token')).rejects.toMatchObject({ code: 'unavailable' })
  })
})
