import { execFileSync } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startEmbedded } from '@/server/database/embedded'
import { schemaChange } from '@/server/database/migrate'
import { logger } from '@/server/logger'

// Prints the SQL from the committed schema.prisma to the one in the work tree.
// Usage: npm run -s db:diff > prisma/migrations/<time>_<what>/migration.sql, then add CHECKs by hand.
// `npm run -s db:diff -- empty` starts from nothing.
const directory = await mkdtemp(join(tmpdir(), 'entrepot-diff-'))
const database = await startEmbedded(directory, logger(), ['-c', 'fsync=off'])
try {
  const before =
    process.argv[2] === 'empty'
      ? ''
      : execFileSync('git', ['show', 'HEAD:prisma/schema.prisma'], { encoding: 'utf8' })
  const after = await readFile('prisma/schema.prisma', 'utf8')
  process.stdout.write(await schemaChange(database.url, before, after))
} finally {
  await database.stop()
  await rm(directory, { recursive: true, force: true })
}
