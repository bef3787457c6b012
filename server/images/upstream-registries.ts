import type { z } from 'zod'
import { recordAudit } from '@/server/audit/record'
import { type Actor, authorise } from '@/server/auth/permissions'
import type { Context } from '@/server/context'
import { transact } from '@/server/database/transact'
import type { Tx } from '@/server/db'
import { AppError, toAppError } from '@/server/errors'
import { decodeCursor, pageOf } from '@/server/http/cursor'
import { parseRegistry } from '@/server/images/image-name'
import type { UpstreamRegistry, upstreamRegistryInput } from '@/server/images/schema'
import { openPassword, sealPassword } from '@/server/images/seal-password'

/** Registries that Entrepôt has credentials for, by name. The passwords are shown to nobody. */
export async function listUpstreamRegistries(
  ctx: Context,
  actor: Actor,
  { limit, cursor }: { limit: number; cursor?: string | undefined },
) {
  authorise(actor, 'upstreamRegistry.read')
  const after = cursor === undefined ? undefined : decodeCursor(cursor, 1)[0]
  const rows = await ctx.db.upstreamRegistry.findMany({
    where: after === undefined ? {} : { registry: { gt: after } },
    orderBy: { registry: 'asc' },
    take: limit + 1,
  })
  const shown = await present(ctx.db, rows)
  return pageOf(shown, limit, { key: ({ registry }) => [registry], item: (item) => item })
}

type Credentials = z.infer<typeof upstreamRegistryInput> & { registry: string; dryRun?: boolean }

/**
 * Stores what Entrepôt says to a registry that wants to know who asks; what was stored before is replaced.
 * @throws AppError `invalid` for what is no registry.
 */
export async function setUpstreamRegistry(
  ctx: Context,
  actor: Actor,
  { registry: given, username, password, dryRun }: Credentials,
): Promise<UpstreamRegistry> {
  authorise(actor, 'upstreamRegistry.manage')
  const registry = readRegistry(given)
  if (username.includes(':')) {
    const message = 'A user name has no colon.'
    throw new AppError('invalid', message, { fields: [{ path: 'username', message }] })
  }
  const sealedPassword = sealPassword(ctx.secret, registry, password)
  return transact(ctx, { dryRun }, async (tx) => {
    const row = await tx.upstreamRegistry.upsert({
      where: { registry },
      create: { registry, username, sealedPassword, createdById: actor.userId },
      update: { username, sealedPassword },
    })
    await recordAudit(tx, ctx, actor, {
      action: 'upstreamRegistry.set',
      subject: { type: 'upstreamRegistry', id: registry, name: registry },
      details: { username },
    })
    const [shown] = await present(tx, [row])
    return shown as UpstreamRegistry
  })
}

/** From now on Entrepôt asks this registry without a name. @throws AppError `invalid`, `not_found`. */
export async function removeUpstreamRegistry(
  ctx: Context,
  actor: Actor,
  { registry: given, dryRun }: { registry: string; dryRun?: boolean },
): Promise<UpstreamRegistry> {
  authorise(actor, 'upstreamRegistry.manage')
  const registry = readRegistry(given)
  return transact(ctx, { dryRun }, async (tx) => {
    const row = await tx.upstreamRegistry.findUnique({ where: { registry } })
    if (!row) throw new AppError('not_found', `There are no credentials for ${registry}.`)
    const [shown] = await present(tx, [row])
    await tx.upstreamRegistry.delete({ where: { registry } })
    await recordAudit(tx, ctx, actor, {
      action: 'upstreamRegistry.remove',
      subject: { type: 'upstreamRegistry', id: registry, name: registry },
      details: { username: row.username },
    })
    return shown as UpstreamRegistry
  })
}

/** What to say to a registry, for those who fetch from it; undefined where nothing is stored. */
export async function credentialsFor(
  ctx: Context,
  registry: string,
): Promise<{ username: string; password: string } | undefined> {
  const row = await ctx.db.upstreamRegistry.findUnique({ where: { registry } })
  if (!row) return undefined
  return { username: row.username, password: openPassword(ctx.secret, registry, row.sealedPassword) }
}

function readRegistry(text: string): string {
  try {
    return parseRegistry(text)
  } catch (error) {
    const { code, message } = toAppError(error)
    throw new AppError(code, message, { cause: error, fields: [{ path: 'registry', message }] })
  }
}

interface Row {
  registry: string
  username: string
  createdById: string | null
  createdAt: Date
  updatedAt: Date
}

async function present(db: Tx, rows: readonly Row[]): Promise<UpstreamRegistry[]> {
  const ids = rows.flatMap(({ createdById }) => createdById ?? [])
  const people = await db.user.findMany({ where: { id: { in: ids } }, select: { id: true, name: true } })
  const counts = await db.image.groupBy({
    by: ['registry'],
    where: { registry: { in: rows.map(({ registry }) => registry) } },
    _count: true,
  })
  return rows.map(({ registry, username, createdById, createdAt, updatedAt }) => ({
    registry,
    username,
    createdBy: people.find(({ id }) => id === createdById)?.name ?? null,
    createdAt: createdAt.toISOString(),
    updatedAt: updatedAt.toISOString(),
    images: counts.find((count) => count.registry === registry)?._count ?? 0,
  }))
}
