import { createHash } from 'node:crypto'
import { missed } from '@/scripts/demo/catalogue'
import type { DemoFile } from '@/scripts/demo/ledger'
import type { Context } from '@/server/context'

const DAYS = 60
const DAY_MS = 86_400_000
const NOBODY = '00000000-0000-0000-0000-000000000000'

/** Two months of downloads, quieter at weekends, and the requests that were refused. */
export async function fillTraffic(ctx: Context, files: DemoFile[]): Promise<void> {
  const today = new Date(ctx.now().toISOString().slice(0, 10))
  const rows = files.flatMap((file) => downloadsOf(file, today))
  for (let at = 0; at < rows.length; at += 5000) {
    await ctx.db.downloadDay.createMany({ data: rows.slice(at, at + 5000), skipDuplicates: true })
  }
  for (const miss of missed) await addMiss(ctx, miss)
}

function downloadsOf(file: DemoFile, today: Date) {
  return Array.from({ length: DAYS }, (_, back) => {
    const day = new Date(today.getTime() - back * DAY_MS)
    const weekend = day.getUTCDay() === 0 || day.getUTCDay() === 6
    const count = Math.floor(
      chance(`${file.uri} ${back}`) ** 3 * (weekend ? 4 : 26) * (1 + (DAYS - back) / DAYS),
    )
    const teamId = file.teamIds[back % Math.max(1, file.teamIds.length)] || NOBODY
    return { fileId: file.id, day, teamId, count, bytes: count * file.size }
  }).filter((row) => row.count > 0)
}

async function addMiss(
  ctx: Context,
  { url, agent, network, team, count }: (typeof missed)[number],
): Promise<void> {
  const lastSeenAt = new Date(ctx.now().getTime() - Math.floor(chance(url) * 30 * 3_600_000))
  const firstSeenAt = new Date(lastSeenAt.getTime() - Math.floor(chance(agent + url) * 9 * DAY_MS))
  const owner = team === null ? null : await ctx.db.team.findUnique({ where: { slug: team } })
  const seen = { count, firstSeenAt, lastSeenAt }
  await ctx.db.miss.create({
    data: {
      url,
      host: new URL(url).host,
      ...seen,
      sightings: {
        create: { clientNetwork: network, userAgent: agent, teamId: owner?.id ?? NOBODY, ...seen },
      },
    },
  })
}

/** A number from 0 to 1 that is the same for the same text. */
function chance(text: string): number {
  return createHash('sha256').update(text).digest().readUInt32BE(0) / 2 ** 32
}
