import { beforeAll, describe, expect, it } from 'vitest'
import { readFacets } from '@/server/mirror/read-facets'
import { openTestContext } from '@/test/support/context'
import { createActor, createTeam } from '@/test/support/people'

const ctx = await openTestContext()
const viewer = await createActor(ctx, 'viewer')

beforeAll(async () => {
  const [red, blue] = [await createTeam(ctx, 'red'), await createTeam(ctx, 'blue')]
  await createTeam(ctx, 'idle')
  const retired = { retiredAt: new Date(), retiredReason: 'over' }
  const uses = [
    [{ teamId: red.id, reason: 'a', licence: 'MIT' }],
    [
      { teamId: red.id, reason: 'a', licence: 'MIT' },
      { teamId: red.id, reason: 'a', licence: 'Zlib', project: 'other' },
    ],
    [
      { teamId: red.id, reason: 'a' },
      { teamId: blue.id, reason: 'a', licence: 'ISC', ...retired },
    ],
    [{ teamId: blue.id, reason: 'a', licence: 'MIT' }],
  ]
  for (const [number, create] of uses.entries()) {
    const host = number === 3 ? 'two.example.org' : 'one.example.org'
    const uri = `https://${host}/${number}`
    await ctx.db.file.create({ data: { uri, declaredUri: uri, host, uses: { create } } })
  }
})

describe('what the list can be filtered by', () => {
  it('is counted by file, the most frequent first, retired uses left out', async () => {
    expect(await readFacets(ctx, viewer)).toEqual({
      hosts: [
        { value: 'one.example.org', count: 3 },
        { value: 'two.example.org', count: 1 },
      ],
      licences: [
        { value: 'MIT', count: 3 },
        { value: 'Zlib', count: 1 },
      ],
      teams: [
        { value: 'red', count: 3 },
        { value: 'blue', count: 1 },
      ],
      isEstimate: false,
    })
  })
})
