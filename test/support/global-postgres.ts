import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Client } from 'pg'
import type {} from 'vitest'
import type { TestProject } from 'vitest/node'
import { startEmbedded } from '@/server/database/embedded'
import { migrate } from '@/server/database/migrate'
import { logger } from '@/server/logger'

declare module 'vitest' {
  interface ProvidedContext {
    postgresUrl: string
  }
}

/** One PostgreSQL for the run, with a migrated template that each test file copies (test/support/context.ts). */
export default async function setup(project: TestProject) {
  const directory = await mkdtemp(join(tmpdir(), 'entrepot-test-'))
  const server = await startEmbedded(directory, logger(), ['-c', 'fsync=off', '-c', 'full_page_writes=off'])
  const admin = new Client({ connectionString: server.url })
  await admin.connect()
  await admin.query('CREATE DATABASE template_entrepot')
  await migrate(server.url.replace(/\/[^/]+$/, '/template_entrepot'), process.cwd())
  await admin.end()
  project.provide('postgresUrl', server.url)
  const end = async () => {
    await server.stop()
    await rm(directory, { recursive: true, force: true })
  }
  // Vitest ends at once when it is interrupted; the server is in a process group of its own and would stay.
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => void end().finally(() => process.exit(1)))
  }
  return end
}
