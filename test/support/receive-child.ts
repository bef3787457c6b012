import { Readable } from 'node:stream'
import { openContext } from '@/server/context'
import { env } from '@/server/env'
import { logger } from '@/server/logger'

/** A process that receives a body whose other half never comes; for tests that kill it. */
const HALF = 8 * 1024 ** 2
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
    (async function* () {
      for (let sent = 0; sent < HALF; sent += 65_536) yield Buffer.alloc(65_536, 7)
      // Something to wait for, or the process would end.
      await new Promise(() => setInterval(() => undefined, 1_000))
    })(),
    { objectMode: false },
  ),
  {
    onProgress: (bytes) => {
      if (told || bytes < HALF) return
      told = true
      process.stdout.write('half-way\n')
    },
  },
)
