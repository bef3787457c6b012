import type { z } from 'zod'
import { recordAudit } from '@/server/audit/record'
import { type Actor, authorise } from '@/server/auth/permissions'
import type { Context } from '@/server/context'
import { transact } from '@/server/database/transact'
import type { Tx } from '@/server/db'
import { AppError } from '@/server/errors'
import { notify } from '@/server/events'
import { queueFetches } from '@/server/mirror/queue-fetches'
import type { bulkFiles } from '@/server/mirror/schema'

type Bulk = z.infer<typeof bulkFiles> & { dryRun?: boolean }

/**
 * One action on many files: fetch the failed ones again, or end one team's uses. Files it does not concern are passed over.
 * @returns how many files were changed.
 * @throws AppError `invalid` when retiring without a team or a reason.
 */
export async function changeFiles(
  ctx: Context,
  actor: Actor,
  { dryRun, ...bulk }: Bulk,
): Promise<{ changed: number }> {
  if (bulk.action === 'retry') {
    authorise(actor, 'file.retry')
    return transact(ctx, { dryRun }, (tx) => retryFailed(tx, ctx, actor, bulk.ids))
  }
  const { team, reason } = bulk
  if (team === undefined) throw missing('team', 'Say which team no longer uses them.')
  if (reason === undefined) throw missing('reason', 'Say why they are no longer used.')
  authorise(actor, 'use.change', { team })
  return transact(ctx, { dryRun }, (tx) => retireUses(tx, ctx, actor, { ids: bulk.ids, team, reason }))
}

function missing(path: string, message: string): AppError {
  return new AppError('invalid', message, { fields: [{ path, message }] })
}

interface FileRow {
  id: string
  uri: string
  host: string
  state: string
}

async function retryFailed(tx: Tx, ctx: Context, actor: Actor, ids: string[]): Promise<{ changed: number }> {
  const files = await tx.$queryRaw<FileRow[]>`
    SELECT id, uri, host, state::text AS state FROM files WHERE id = ANY (${ids}::uuid[]) AND state = 'failed' ORDER BY id FOR UPDATE`
  await queueFetches(tx, ctx, { files, ownerId: actor.userId })
  await settle(tx, ctx, actor, { action: 'file.retry', files, details: {} })
  return { changed: files.length }
}

async function retireUses(
  tx: Tx,
  ctx: Context,
  actor: Actor,
  { ids, team, reason }: { ids: string[]; team: string; reason: string },
): Promise<{ changed: number }> {
  const files = await tx.$queryRaw<FileRow[]>`
    WITH held AS MATERIALIZED (
      SELECT id FROM uses
      WHERE file_id = ANY (${ids}::uuid[]) AND retired_at IS NULL
        AND team_id = (SELECT id FROM teams WHERE slug = ${team})
      ORDER BY id FOR UPDATE
    ), retired AS (
      UPDATE uses SET retired_at = ${ctx.now()}, retired_reason = ${reason}
      FROM held WHERE uses.id = held.id RETURNING file_id
    )
    SELECT id, uri, host, state::text AS state FROM files WHERE id IN (SELECT file_id FROM retired) ORDER BY id`
  await settle(tx, ctx, actor, { action: 'use.retire', files, details: { team, reason } })
  return { changed: files.length }
}

async function settle(
  tx: Tx,
  ctx: Context,
  actor: Actor,
  { action, files, details }: { action: string; files: FileRow[]; details: Record<string, string> },
): Promise<void> {
  const records = files.map(({ id, uri }) => ({ action, subject: { type: 'file', id, name: uri }, details }))
  await recordAudit(tx, ctx, actor, ...records)
  await notify(tx, { topic: 'file' })
}
