import { beforeAll, describe, expect, it } from 'vitest'
import { changeUse } from '@/server/mirror/change-use'
import { listFiles } from '@/server/mirror/list-files'
import { getUse, listUses } from '@/server/mirror/list-uses'
import { readFacets } from '@/server/mirror/read-facets'
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
    expect(items[0]?.subject).toMatchObject({ type: 'file', name: 'https://example.org/odd/39' })
  })
})

describe('uses of images', () => {
  const digest = `sha256:${'a'.repeat(64)}`
  const green = createTeam(ctx, 'green')

  async function imageUse(repository: string) {
    const image = await ctx.db.image.create({
      data: { registry: 'registry-1.docker.io', repository, digest },
    })
    const teamId = (await green).id
    return ctx.db.use.create({ data: { imageId: image.id, teamId, reason: repository, licence: 'ISC' } })
  }

  it('stand among those of files in the order of what they are of', async () => {
    const { id: teamId } = await green
    const fileUse = async (name: string) => {
      const uri = `https://example.org/green/${name}`
      const file = await ctx.db.file.create({ data: { uri, declaredUri: uri, host: 'example.org' } })
      return ctx.db.use.create({ data: { fileId: file.id, teamId, reason: name } })
    }
    await fileUse('one')
    await imageUse('library/two')
    await fileUse('three')
    await imageUse('library/four')
    for (const limit of [1, 2, 3, 50]) {
      expect(await all({ team: 'green' }, limit)).toEqual(['library/four', 'three', 'library/two', 'one'])
    }
    expect(await all({ team: 'green', q: 'Docker.io/Library/F' }, 3)).toEqual(['library/four'])
    expect(await all({ licence: 'ISC' }, 1)).toEqual(['library/four', 'library/two'])
    const { items } = await listUses(ctx, viewer, { team: 'green', limit: 1 })
    expect(items[0]?.subject).toMatchObject({ type: 'image', name: `docker.io/library/four@${digest}` })
  })

  it('are changed and retired as those of files are, and the log names the image', async () => {
    const actor = await createActor(ctx, 'member', [await green])
    const { id, imageId } = await imageUse('library/five')
    await changeUse(ctx, actor, { id, reason: 'Said better.' })
    await retireUse(ctx, actor, { id, reason: 'Over.' })
    const entries = await ctx.db.auditEntry.findMany({
      where: { subjectId: imageId },
      orderBy: { id: 'asc' },
    })
    const subject = { subjectType: 'image', subjectName: `docker.io/library/five@${digest}` }
    expect(entries).toMatchObject([
      { action: 'use.change', ...subject },
      { action: 'use.retire', ...subject },
    ])
    expect(await all({ team: 'green', q: 'five' }, 3)).toEqual([])
  })

  it('are no files: lists and facets of files know nothing of them', async () => {
    const { items } = await listFiles(ctx, viewer, { team: 'green', limit: 50 })
    expect(items.map(({ reason }) => reason)).toEqual(['three', 'one'])
    const { licences, teams } = await readFacets(ctx, viewer)
    expect(licences).toEqual([{ value: 'MIT', count: used.length }])
    expect(teams).toContainEqual({ value: 'green', count: 2 })
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
