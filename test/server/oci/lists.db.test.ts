import { describe, expect, it } from 'vitest'
import { listReferrers } from '@/server/oci/list-referrers'
import { listRepositories } from '@/server/oci/list-repositories'
import { listTags } from '@/server/oci/list-tags'
import { openTestContext } from '@/test/support/context'
import { createActor } from '@/test/support/people'
import { digestOf } from '@/test/support/registry-push'
import { addManifest, addRepository } from '@/test/support/registry-rows'

const ctx = await openTestContext()
const cluster = ctx.clusters.named('default')

describe('100,000 tags', async () => {
  const name = 'lists/tags'
  const repository = await addRepository(ctx, name)
  const { digest } = await addManifest(ctx, repository, {
    manifest: { schemaVersion: 2, mediaType: 'application/vnd.oci.image.index.v1+json', manifests: [] },
    tags: [],
  })
  await ctx.pool.query(
    `INSERT INTO tags (repository_id, name, digest, pushed_by)
     SELECT $1, 't' || lpad(n::text, 6, '0'), $2, 'A tester' FROM generate_series(0, 99999) AS n`,
    [repository.id, digest],
  )
  await ctx.pool.query('ANALYZE tags')

  it('are read from their index, as far as the page goes', async () => {
    const client = await ctx.pool.connect()
    try {
      const { rows } = await client.query(
        `EXPLAIN SELECT t.name FROM tags t
         WHERE t.repository_id = $1 AND t.name > $2 COLLATE "C" ORDER BY t.name LIMIT 101`,
        [repository.id, 't050000'],
      )
      const plan = rows.map((row) => row['QUERY PLAN']).join('\n')
      expect(plan).toMatch(/Index (Only )?Scan using tags_pkey/)
      expect(plan).not.toMatch(/Sort|Seq Scan/)
    } finally {
      client.release()
    }
  })

  it('come in pages that have each of them once, in order', async () => {
    const all: string[] = []
    for (let last = ''; ; last = all.at(-1) ?? '') {
      const { tags, more } = await listTags(ctx, cluster, { name, last, limit: 9_999 })
      all.push(...tags)
      if (!more) break
    }
    expect(all).toHaveLength(100_000)
    expect(all).toEqual([...new Set(all)].sort())
  })

  it('begin after any text, also one that is no tag', async () => {
    const first = async (last: string) => (await listTags(ctx, cluster, { name, last, limit: 1 })).tags[0]
    expect(await first('t09999')).toBe('t099990')
    expect(await first("' OR 1=1 --")).toBe('t000000')
    expect(await first('\u{10FFFF}')).toBeUndefined()
  })
})

it('tags are in the order of their bytes, whatever the language of the database', async () => {
  const repository = await addRepository(ctx, 'lists/order')
  const tags = ['b', 'A', '_', 'a.b', 'a-b', '1', 'B', 'a', 'a_b', '10', '2']
  await addManifest(ctx, repository, {
    manifest: { schemaVersion: 2, mediaType: 'application/vnd.oci.image.index.v1+json', manifests: [] },
    tags,
  })
  const listed = await listTags(ctx, cluster, { name: 'lists/order', last: '', limit: 100 })
  expect(listed).toEqual({ tags: [...tags].sort(), more: false })
})

describe('the catalog', async () => {
  const place = { ...cluster, name: 'listed' }
  const names = Array.from({ length: 250 }, (_, at) => `catalog/${String(at).padStart(3, '0')}`)
  await ctx.db.repository.createMany({ data: names.map((name) => ({ cluster: place.name, name })) })
  const caller = { actor: await createActor(ctx, 'member'), grants: 'all' as const }
  let asked: number[] = []
  /** Lets everybody read what ends in 7. Notes how many wait for it at a time. */
  const access = {
    async decide(_cluster: unknown, _caller: unknown, _right: unknown, name: string) {
      const before = asked.at(-1) ?? 0
      asked.push(before + 1)
      await new Promise((resolve) => setImmediate(resolve))
      asked.push((asked.at(-1) ?? 0) - 1)
      return { allowed: name.endsWith('7'), reason: '' }
    },
  }
  const list = (last: string, limit: number) => listRepositories(ctx, place, caller, access, { last, limit })

  it('is of what the caller may read, in pages that are full', async () => {
    const all: string[] = []
    for (let more = true; more; ) {
      const page = await list(all.at(-1) ?? '', 10)
      expect(page.repositories.length).toBe(page.more ? 10 : 5)
      all.push(...page.repositories)
      more = page.more
    }
    expect(all).toEqual(names.filter((name) => name.endsWith('7')))
    expect(await list('', 25)).toMatchObject({ more: false })
    expect(await list('', 0)).toEqual({ repositories: [], more: false })
  })

  it('asks about many names at a time, and not about all', async () => {
    asked = []
    await list('', 1)
    expect(Math.max(...asked)).toBe(100)
    expect(asked.filter((count, at) => count > (asked[at - 1] ?? 0))).toHaveLength(100)
  })
})

describe('referrers', () => {
  const subject = digestOf('the subject')
  const asked = { name: 'lists/referrers', digest: subject, artifactType: null, after: '' }

  /** Rows alone: a list does not read the contents. */
  async function addReferrers(
    name: string,
    referrers: { size: number; annotations?: object; type?: string }[],
  ) {
    const repository = await addRepository(ctx, name)
    for (const [at, { size, annotations = null, type = 'a/b' }] of referrers.entries()) {
      await ctx.pool.query(
        `INSERT INTO manifests (repository_id, digest, media_type, content, size, artifact_type, subject, pushed_by, annotations)
         VALUES ($1, $2, 'a/b', convert_to(repeat('a', $3), 'UTF8'), $3, $4, $5, 'A tester', $6)`,
        [repository.id, digestOf(`${name} ${at}`), size, type, subject, annotations],
      )
    }
  }

  async function pagesOf(name: string, artifactType: string | null = null) {
    const pages: string[][] = []
    for (let after: string | undefined = ''; after !== undefined; ) {
      const page = await listReferrers(ctx, cluster, { ...asked, name, artifactType, after })
      pages.push(page.index.manifests.map(({ digest }) => digest))
      after = page.next
    }
    return pages
  }

  it('of what is not there are none', async () => {
    expect((await listReferrers(ctx, cluster, { ...asked, name: 'lists/absent' })).index.manifests).toEqual(
      [],
    )
  })

  it('come in pages that have each of them once, in order', async () => {
    const types = Array.from({ length: 2_500 }, (_, at) => ({ size: 500, type: at % 2 ? 'a/b' : 'c/d' }))
    await addReferrers('lists/many', types)
    const pages = await pagesOf('lists/many')
    expect(pages.map((page) => page.length)).toEqual([1_000, 1_000, 500])
    expect(pages.flat()).toEqual([...new Set(pages.flat())].sort())
    expect((await pagesOf('lists/many', 'a/b')).map((page) => page.length)).toEqual([1_000, 250])
    expect(await pagesOf('lists/many', "a/b' OR 1=1")).toEqual([[]])
  })

  it('of large annotations come in smaller pages, and of larger ones alone', async () => {
    const annotations = { text: 'a'.repeat(1024 * 1024) }
    await addReferrers(
      'lists/heavy',
      Array.from({ length: 5 }, () => ({ size: 1024 * 1024, annotations })),
    )
    const pages = await pagesOf('lists/heavy')
    expect(pages.every((page) => page.length >= 1 && page.length <= 3)).toBe(true)
    expect(new Set(pages.flat()).size).toBe(5)
  })

  it('are not read beyond what one answer may take of memory', async () => {
    await addReferrers(
      'lists/large',
      Array.from({ length: 12 }, () => ({ size: 4_000_000, annotations: { a: 'b' } })),
    )
    const pages = await pagesOf('lists/large')
    expect(pages.map((page) => page.length)).toEqual([5, 5, 2])
    expect(new Set(pages.flat()).size).toBe(12)
  })
})
