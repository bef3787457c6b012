import { beforeAll, describe, expect, it } from 'vitest'
import { listSources } from '@/server/apt/packages/list-sources'
import { readBoard } from '@/server/apt/packages/read-board'
import { createRepository } from '@/server/apt/repositories/create-repository'
import { repositoryInput } from '@/server/apt/schema'
import { system } from '@/server/auth/permissions'
import { openTestContext } from '@/test/support/context'

const ctx = await openTestContext()
const PACKAGES = 60_000
const SOURCES = PACKAGES / 3

beforeAll(async () => {
  const { id } = await createRepository(
    ctx,
    system,
    repositoryInput.parse({
      name: 'large',
      components: ['main'],
      architectures: ['amd64'],
      branches: ['unstable', 'stable'],
    }),
  )
  await ctx.pool.query(
    `INSERT INTO apt_packages
       (repository_id, type, name, version, architecture, source_name, source_version, component, stanza, size)
     SELECT $1, 'deb', 'package-' || i, '1.0', 'amd64', 'source-' || i / 3, '1.0', 'main', repeat('x', 500), 1000
     FROM generate_series(0, $2::int - 1) AS i`,
    [id, PACKAGES],
  )
  await ctx.pool.query(
    `INSERT INTO apt_placements (branch_id, package_id, list, name, source_name, source_version, placed_at)
     SELECT b.id, k.id, 'main/binary-amd64', k.name, k.source_name, k.source_version, now() - k.id % 5 * interval '1 hour'
     FROM apt_packages k JOIN apt_branches b ON b.name = 'unstable' WHERE k.repository_id = $1`,
    [id],
  )
  await ctx.pool.query('VACUUM ANALYZE apt_packages, apt_placements')
}, 120_000)

/** Of questions that were not asked before: the least of five, so that other work on the machine does not count. */
async function least(ask: (turn: number) => Promise<unknown>): Promise<number> {
  const times: number[] = []
  for (let turn = 0; turn < 5; turn += 1) {
    const started = performance.now()
    await ask(turn)
    times.push(performance.now() - started)
  }
  return Math.min(...times)
}

describe('a branch of 60,000 packages', () => {
  it.each([{}, { q: 'ce-123' }, { q: 'a' }, { component: 'main' }])(
    'is on the board within 150 ms: %o',
    async (filter) => {
      const took = await least(async (turn) => {
        const { columns } = await readBoard(ctx, system, { repo: 'large', limit: 50 + turn, ...filter })
        expect(columns[0]?.cards.length).toBeGreaterThan(50 + turn - 1)
        expect(columns[0]?.total).toBe(filter.q === 'ce-123' ? 111 : SOURCES)
      })
      expect(took).toBeLessThan(150)
    },
  )

  it('is listed by source within 150 ms', async () => {
    const took = await least(async (turn) => {
      const { items } = await listSources(ctx, system, { repo: 'large', limit: 50 + turn, q: 'package-7' })
      expect(items).toHaveLength(50 + turn)
    })
    expect(took).toBeLessThan(150)
  })
})
