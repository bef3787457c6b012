import type { Archive as ArchiveRow } from '@/prisma/client/client'
import { presentArchives } from '@/server/archives/present-archive'
import type { Archive, ArchivePatch } from '@/server/archives/schema'
import { recordAudit } from '@/server/audit/record'
import { type Actor, authorise } from '@/server/auth/permissions'
import type { Context } from '@/server/context'
import { transact } from '@/server/database/transact'
import type { Tx } from '@/server/db'
import { AppError } from '@/server/errors'
import { notify } from '@/server/events'

interface Named {
  name: string
  dryRun?: boolean
}

/** Changes what an archive says, and the day from which it is gone. @throws AppError `not_found`. */
export async function changeArchive(
  ctx: Context,
  actor: Actor,
  { name, dryRun, description, pointer, goneFrom }: ArchivePatch & Named,
): Promise<Archive> {
  authorise(actor, 'archive.manage')
  return transact(ctx, { dryRun }, async (tx) => {
    const before = await findArchive(tx, name)
    const row = await tx.archive.update({
      where: { name },
      data: {
        ...(description !== undefined && { description }),
        ...(pointer !== undefined && { pointer: pointer === '' ? null : pointer }),
        ...(goneFrom !== undefined && { goneFrom: goneFrom === null ? null : new Date(goneFrom) }),
      },
    })
    await recordAudit(tx, ctx, actor, {
      action: 'archive.change',
      subject: { type: 'archive', id: row.id, name },
      details: { before: factsOf(before), after: factsOf(row) },
    })
    await notify(tx, { topic: 'archive', id: row.id })
    return presentOne(ctx, tx, row)
  })
}

/** Takes an archive off: its files stay where they are, and are not served any more. @throws AppError `not_found`. */
export async function removeArchive(ctx: Context, actor: Actor, { name, dryRun }: Named): Promise<Archive> {
  authorise(actor, 'archive.manage')
  return transact(ctx, { dryRun }, async (tx) => {
    const row = await findArchive(tx, name)
    const archive = await presentOne(ctx, tx, row)
    await tx.archive.delete({ where: { name } })
    const { downloads, lastUsedAt, location } = archive
    await recordAudit(tx, ctx, actor, {
      action: 'archive.remove',
      subject: { type: 'archive', id: row.id, name },
      details: { location, downloads, lastUsedAt },
    })
    await notify(tx, { topic: 'archive', id: row.id })
    return archive
  })
}

async function findArchive(tx: Tx, name: string): Promise<ArchiveRow> {
  const row = await tx.archive.findUnique({ where: { name } })
  if (row !== null) return row
  throw new AppError('not_found', `There is no archive “${name}”.`)
}

async function presentOne(ctx: Context, tx: Tx, row: ArchiveRow): Promise<Archive> {
  const [archive] = await presentArchives(ctx, tx, [row])
  return archive as Archive
}

function factsOf({ description, pointer, goneFrom }: ArchiveRow) {
  return { description, pointer, goneFrom: goneFrom?.toISOString().slice(0, 10) ?? null }
}
