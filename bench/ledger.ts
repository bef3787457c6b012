import { join } from 'node:path'
import { type Installation, startInstallation } from '@/bench/entrepot'
import { bounded, type Line, milliseconds, seconds } from '@/bench/report'
import { seedFiles } from '@/bench/seed-files'
import { openAdminApi } from '@/server/api/app'
import { system } from '@/server/auth/permissions'
import { listen } from '@/server/events'

const ROWS = 1_000_000
const ROUNDS = 12

/** Searches as people type them: parts of names, a digest, filters and deep pages, over a million declarations. */
const QUERIES = [
  '',
  'q=amber',
  'q=harbour-2',
  'q=zz-never-there',
  'q=.tar.gz',
  'q=https',
  'q=e',
  'state=failed',
  'state=stored&q=quartz',
  'state=retired',
  'q=4711',
  'q=lantern&state=stored',
]

/** Declaring 10,000 URLs at once, and the list over a million rows, both at the API. */
export async function benchLedger(directory: string): Promise<Line[]> {
  const installation = await startInstallation(join(directory, 'ledger'), { ENTREPOT_FETCH_CONCURRENCY: '1' })
  try {
    const took = await importMany(installation)
    await installation.ctx.pool.query('TRUNCATE files, uses, tasks, blobs, teams, misses CASCADE')
    await seedFiles(installation.ctx.pool, { files: ROWS })
    const slowest = await searchSlowest(installation)
    return [
      bounded('10,000 declarations imported', { ours: took, most: 20, unit: seconds }),
      bounded('list and search, 1,000,000 files, p95', { ours: slowest, most: 50, unit: milliseconds }),
    ]
  } finally {
    await installation.stop()
  }
}

async function openApi({ ctx }: Installation) {
  const notices = await listen(ctx.pool, ctx.log)
  const api = openAdminApi({ ctx, notices, identify: async () => system })
  return { api, close: () => notices.close() }
}

async function importMany(installation: Installation): Promise<number> {
  const { api, close } = await openApi(installation)
  await installation.ctx.db.team.create({ data: { slug: 'bench', name: 'Bench' } })
  const files = Array.from({ length: 10_000 }, (_, n) => ({
    uri: `https://host${n % 50}.example.invalid/${n}.tar.gz`,
  }))
  const started = performance.now()
  const answer = await api.request('/api/v1/files/batch', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ files, team: 'bench', reason: 'To measure.' }),
  })
  if (!answer.ok) throw new Error(`The import failed: ${await answer.text()}`)
  await close()
  return (performance.now() - started) / 1000
}

async function searchSlowest(installation: Installation): Promise<number> {
  const { api, close } = await openApi(installation)
  const times: number[] = []
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const query of QUERIES) {
      const started = performance.now()
      const answer = await api.request(`/api/v1/files?limit=50&${query}`)
      if (!answer.ok) throw new Error(`${query}: ${await answer.text()}`)
      await answer.arrayBuffer()
      if (round > 0) times.push(performance.now() - started)
    }
  }
  await close()
  times.sort((a, b) => a - b)
  return times[Math.floor(times.length * 0.95)] as number
}
