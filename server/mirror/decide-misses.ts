import type { z } from 'zod'
import { recordAudit } from '@/server/audit/record'
import { type Actor, authorise } from '@/server/auth/permissions'
import type { Context } from '@/server/context'
import { transact } from '@/server/database/transact'
import { AppError } from '@/server/errors'
import { type Declared, declareFile } from '@/server/mirror/declare-file'
import { getMiss } from '@/server/mirror/list-misses'
import type { Miss, missDeclare } from '@/server/mirror/schema'

type DeclareMiss = z.infer<typeof missDeclare> & { id: string; dryRun?: boolean }

/** Declares the URL of a miss; the miss is answered by it. @throws AppError as `declareFile`. */
export async function declareMiss(
  ctx: Context,
  actor: Actor,
  { id, dryRun, ...use }: DeclareMiss,
): Promise<Declared> {
  authorise(actor, 'miss.decide')
  const { url } = await getMiss(ctx, actor, { id })
  return declareFile(ctx, actor, { uri: url, ...use }, { dryRun: dryRun ?? false })
}

/** Takes misses out of the inbox. They come back when somebody reopens them; further requests only count. */
export async function dismissMisses(
  ctx: Context,
  actor: Actor,
  { ids, dryRun }: { ids: string[]; dryRun?: boolean },
): Promise<{ changed: number }> {
  authorise(actor, 'miss.decide')
  return transact(ctx, { dryRun }, async (tx) => {
    const rows = await tx.miss.updateManyAndReturn({
      where: { id: { in: ids }, state: 'open' },
      data: { state: 'dismissed', decidedAt: ctx.now(), decidedById: actor.userId },
    })
    const records = rows.map(({ id, url }) => ({
      action: 'miss.dismiss',
      subject: { type: 'miss', id, name: url },
    }))
    await recordAudit(tx, ctx, actor, ...records)
    return { changed: rows.length }
  })
}

/** Puts a dismissed miss back into the inbox. @throws AppError `not_found`; `conflict` when it is not dismissed. */
export async function reopenMiss(
  ctx: Context,
  actor: Actor,
  { id, dryRun }: { id: string; dryRun?: boolean },
): Promise<Miss> {
  authorise(actor, 'miss.decide')
  const miss = await getMiss(ctx, actor, { id })
  await transact(ctx, { dryRun }, async (tx) => {
    const data = { state: 'open' as const, decidedAt: null, decidedById: null }
    const { count } = await tx.miss.updateMany({ where: { id, state: 'dismissed' }, data })
    if (count === 0) throw new AppError('conflict', `This miss is ${miss.state}.`)
    await recordAudit(tx, ctx, actor, {
      action: 'miss.reopen',
      subject: { type: 'miss', id, name: miss.url },
    })
  })
  return dryRun ? { ...miss, state: 'open' } : getMiss(ctx, actor, { id })
}
