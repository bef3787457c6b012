import { fillDebian } from '@/scripts/demo/debian'
import { fillImages } from '@/scripts/demo/images'
import { fillLedger } from '@/scripts/demo/ledger'
import { fillOrganisation } from '@/scripts/demo/organisation'
import { fillRegistry } from '@/scripts/demo/registry'
import { fillTraffic } from '@/scripts/demo/traffic'
import { openContext } from '@/server/context'
import { env } from '@/server/env'
import { logger } from '@/server/logger'
import { readRunning } from '@/server/start/running'
import { ensureSecret } from '@/server/start/secret'

// Fills the installation that runs on the data directory with the work of an organisation of eight teams.
// Safe to run again: it adds nothing twice.
const settings = env()
const running = await readRunning(settings.ENTREPOT_DATA)
if (!running) {
  console.error('Start Entrepôt first (npm start), then run the demonstration beside it.')
  process.exit(1)
}
const secret = settings.ENTREPOT_SECRET ?? (await ensureSecret(settings.ENTREPOT_DATA))
const ctx = await openContext({ env: settings, databaseUrl: running.databaseUrl, secret, log: logger() })
try {
  if ((await ctx.db.team.count({ where: { slug: 'firmware' } })) > 0) {
    console.log('The demonstration is here already.')
  } else {
    const people = await fillOrganisation(ctx)
    const files = await fillLedger(ctx, people)
    await fillTraffic(ctx, files)
    const images = await fillImages(ctx, people)
    const repositories = await fillRegistry(ctx, people)
    const packages = await fillDebian(ctx, people)
    console.log(
      `${people.size} teams, ${files.length} files, ${images} images, ${repositories} repositories of images and ${packages} versions of Debian packages were added. Look at ${running.portal}/`,
    )
  }
} finally {
  await ctx.close()
}
