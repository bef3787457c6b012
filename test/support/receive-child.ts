import { Readable } from 'node:stream'
import { openContext } from '@/server/context'
import { env } from '@/server/env'
import { logger } from '@/server/logger'

/** A process that receives a body without end; for tests that kill it half-way. */
const settings = env()
const ctx = await openContext({
  env: settings,
  databaseUrl: settings.DATABASE_URL ?? '',
  secret: settings.ENTREPOT_SECRET ?? '',
  log: logger(),
})
let told = false
await ctx.blobs.receive(
  Readable.from(
    (function* () {
      for (;;) yield Buffer.alloc(65_536, 7)
    })(),
    { objectMode: false },
  ),
  {
    maxBytes: 1024 ** 3,
    onProgress: (bytes) => {
      if (told || bytes < 8 * 1024 ** 2) return
      told = true
      process.stdout.write('half-way\n')
    },
  },
)
