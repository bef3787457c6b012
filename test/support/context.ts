import { randomUUID } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Client } from 'pg'
import { afterAll, inject } from 'vitest'
import { type OpenContext, openContext } from '@/server/context'
import { type Env, parseEnv } from '@/server/env'
import { logger } from '@/server/logger'

/**
 * A whole world for one test file: a database of its own (copied from the migrated template), a data directory of its
 * own, and the real composition. Removed after the file.
 * @param variables environment variables that differ from the defaults.
 */
export async function openTestContext(variables: Record<string, string> = {}): Promise<OpenContext> {
  const name = `test_${randomUUID().replaceAll('-', '')}`
  await administer(`CREATE DATABASE ${name} TEMPLATE template_entrepot`)
  const data = await mkdtemp(join(tmpdir(), 'entrepot-data-'))
  const env: Env = parseEnv({
    NODE_ENV: 'test',
    ENTREPOT_DATA: data,
    ENTREPOT_UPSTREAM_ALLOW: '127.0.0.0/8 ::1/128',
    ...variables,
  })
  const databaseUrl = inject('postgresUrl').replace(/\/[^/]+$/, `/${name}`)
  const ctx = await openContext({
    env,
    databaseUrl,
    secret: 'test-secret-of-at-least-32-characters',
    log: logger(),
  })
  afterAll(async () => {
    await ctx.close()
    await administer(`DROP DATABASE ${name} WITH (FORCE)`)
    await rm(data, { recursive: true, force: true })
  })
  return ctx
}

async function administer(sql: string): Promise<void> {
  const client = new Client({ connectionString: inject('postgresUrl') })
  await client.connect()
  try {
    await client.query(sql)
  } finally {
    await client.end()
  }
}
