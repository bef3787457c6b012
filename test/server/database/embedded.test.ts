import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Client } from 'pg'
import { afterAll, expect, it, onTestFinished, vi } from 'vitest'
import { startEmbedded } from '@/server/database/embedded'
import { migrate } from '@/server/database/migrate'
import { logger } from '@/server/logger'

// A 0700 directory, as `mktemp -d` makes it: run by root, PostgreSQL's own user cannot walk there.
const directory = await mkdtemp(join(tmpdir(), 'entrepot-embedded-'))
afterAll(() => rm(directory, { recursive: true, force: true }))

async function query(url: string, sql: string) {
  const client = new Client({ connectionString: url })
  await client.connect()
  try {
    return (await client.query(sql)).rows
  } finally {
    await client.end()
  }
}

it('keeps its data over a stop, a kill -9 of the server, and a server that outlived its parent', async () => {
  const first = await startEmbedded(directory, logger())
  await query(first.url, 'CREATE TABLE kept (n int); INSERT INTO kept VALUES (1)')
  await first.stop()

  const second = await startEmbedded(directory, logger())
  await query(second.url, 'INSERT INTO kept VALUES (2)')
  const pidFile = join(directory, 'cluster/postmaster.pid')
  const [pid = '', ...rest] = (await readFile(pidFile, 'utf8')).split('\n')
  process.kill(Number(pid), 'SIGKILL')
  await second.ended
  // The system has given the pid to another program since.
  await writeFile(pidFile, [process.pid, ...rest].join('\n'))

  const third = await startEmbedded(directory, logger())
  await query(third.url, 'INSERT INTO kept VALUES (3)')
  const fourth = await startEmbedded(directory, logger())
  await third.ended
  expect(await query(fourth.url, 'SELECT n FROM kept ORDER BY n')).toEqual([{ n: 1 }, { n: 2 }, { n: 3 }])
  await query(fourth.url, 'DROP TABLE kept')
  await fourth.stop()
}, 300_000)

it('applies migrations once, also when many start together', async () => {
  const server = await startEmbedded(directory, logger())
  onTestFinished(() => server.stop())
  const applied = await Promise.all([1, 2, 3].map(() => migrate(server.url, process.cwd())))
  expect(applied.filter((names) => names.length > 0)).toHaveLength(1)
  expect(await migrate(server.url, process.cwd())).toEqual([])
  await vi.waitFor(async () => {
    const [row] = await query(
      server.url,
      "SELECT count(*)::int AS n FROM pg_stat_activity WHERE backend_type = 'client backend'",
    )
    expect(row.n).toBe(1)
  })
}, 300_000)
