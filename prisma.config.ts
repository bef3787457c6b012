import { defineConfig } from 'prisma/config'

// `prisma generate` only checks that the engine exists; any file satisfies it, so nothing is downloaded.
// Migrations run through the WebAssembly build of the same engine (server/database/migrate.ts).
process.env.PRISMA_SCHEMA_ENGINE_BINARY ??= process.execPath

export default defineConfig({
  schema: 'prisma/schema.prisma',
  migrations: { path: 'prisma/migrations' },
  datasource: { url: process.env.DATABASE_URL ?? 'postgresql://unset' },
})
