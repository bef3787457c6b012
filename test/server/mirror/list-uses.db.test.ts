import { beforeAll, describe, expect, it } from 'vitest'
import { changeUse } from '@/server/mirror/change-use'
import { getUse, listUses } from '@/server/mirror/list-uses'
import { retireUse } from '@/server/mirror/retire-use'
import { tagOfUse } from '@/server/mirror/tags'
import { openTestContext } from '@/test/support/context'
import { createActor, createTeam } from '@/test/support/people'

const ctx = await openTestContext()
const viewer = await createActor(ctx, 'viewer')
const [red, blue] = [await createTeam(ctx, 'red'), await createTeam(ctx, 'blue')]
const member = await createActor(ctx, 'member', [red])

beforeAll(async () => {
  for (let number = 0; number < 40; number += 1) {
    const uri = `https://example.org/${number % 2 === 0 ? 'even' : 'odd'}/${number}`
    const retired = { retiredAt: new Date(), retiredReason: 'over' }
    const { id } = await ctx.db.file.create({ data: { uri, declaredUri: uri, host: 'example.org' } })
    // Long runs of files that nobody uses must not end a page early.
    const isUsed = number < 5 || number >= 35
    for (const [place, project] of ['a', 'b', 'c'].entries()) {
      await ctx.db.use.create({
        data: {
          fileId: id,
          teamId: place === 2 ? blue.id : red.id,
          project,
          reason: `${number}${project}`,
          licence: place === 0 ? 'MIT' : null,
          ...(!isUsed && retired),
        },
      })
    }
  }
})

async function all(query: { q?: string; team?: string; licence?: string }, limit: number) {
  const reasons: string[] = []
  let cursor: string | undefined
  do {
    const { items, nextCursor } = await listUses(ctx, viewer, { ...query, limit, cursor })
    expect(items.length).toBeLessThanOrEqual(limit)
    reasons.push(...items.map(({ reason }) => reason))
    cursor = nextCursor ?? undefined
  } while (cursor)
  return reasons
}

const used = [39, 38, 37, 36, 35, 4, 3, 2, 1, 0]

describe('the uses in force', () => {
  it.each([1, 2, 4, 7, 100])('come page by page, %i at a time, without a gap or a repeat', async (limit) => {
    expect(await all({}, limit)).toEqual(used.flatMap((number) => [`${number}c`, `${number}b`, `${number}a`]))
  })

  it('are filtered by team, licence and a part of the URL', async () => {
    expect(await all({ team: 'blue' }, 3)).toEqual(used.map((number) => `${number}c`))
    expect(await all({ licence: 'MIT' }, 3)).toEqual(used.map((number) => `${number}a`))
    expect(await all({ team: 'red', q: 'EVEN/' }, 3)).toEqual(
      [38, 36, 4, 2, 0].flatMap((number) => [`${number}b`, `${number}a`]),
    )
    expect(await all({ team: 'nobody' }, 3)).toEqual([])
  })

  it('name the file', async () => {
    const { items } = await listUses(ctx, viewer, { limit: 1 })
    expect(items[0]?.file).toMatchObject({ uri: 'https://example.org/odd/39' })
  })
})

describe('a change that is based on a tag', () => {
  it('is made once, and refused when the use was changed meanwhile', async () => {
    const { items } = await listUses(ctx, viewer, { team: 'red', limit: 1 })
    const id = items[0]?.id ?? ''
    const tag = tagOfUse(await getUse(ctx, viewer, { id }))
    const changed = await changeUse(ctx, member, { id, ifMatch: tag, reason: 'Said better.' })
    const late = { code: 'precondition_failed' }
    await expect(changeUse(ctx, member, { id, ifMatch: tag, reason: 'Lost.' })).rejects.toMatchObject(late)
    await expect(retireUse(ctx, member, { id, ifMatch: tag, reason: 'Lost.' })).rejects.toMatchObject(late)
    expect((await getUse(ctx, viewer, { id })).reason).toBe('Said better.')
    expect(await retireUse(ctx, member, { id, ifMatch: tagOfUse(changed), reason: 'Over.' })).toMatchObject({
      retiredReason: 'Over.',
    })
  })

  it('is one of two that come at once', async () => {
    const { items } = await listUses(ctx, viewer, { team: 'red', limit: 2 })
    const id = items[1]?.id ?? ''
    const ifMatch = tagOfUse(await getUse(ctx, viewer, { id }))
    const both = await Promise.allSettled(
      ['One.', 'Two.'].map((reason) => changeUse(ctx, member, { id, ifMatch, reason })),
    )
    expect(both.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
  })

  it('needs something to change', async () => {
    const { items } = await listUses(ctx, viewer, { team: 'red', limit: 1 })
    await expect(changeUse(ctx, member, { id: items[0]?.id ?? '' })).rejects.toMatchObject({
      code: 'invalid',
    })
  })
})
