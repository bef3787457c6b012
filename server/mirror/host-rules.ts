import type { z } from 'zod'
import { recordAudit } from '@/server/audit/record'
import { type Actor, authorise } from '@/server/auth/permissions'
import type { Context } from '@/server/context'
import { transact } from '@/server/database/transact'
import { AppError } from '@/server/errors'
import { notify } from '@/server/events'
import { decodeCursor, pageOf } from '@/server/http/cursor'
import type { HostRule, hostRuleInput } from '@/server/mirror/schema'
import { parseUri } from '@/server/mirror/uri'

interface HostRow {
  host: string
  action: 'deny'
  reason: string
  createdAt: Date
}

const present = ({ host, action, reason, createdAt }: HostRow): HostRule => ({
  host,
  action,
  reason,
  createdAt: createdAt.toISOString(),
})

/** Hosts that the proxy refuses outright, by name. */
export async function listHostRules(
  ctx: Context,
  actor: Actor,
  { limit, cursor }: { limit: number; cursor?: string | undefined },
) {
  authorise(actor, 'host.read')
  const after = cursor === undefined ? undefined : decodeCursor(cursor, 1)[0]
  const rows = await ctx.db.hostRule.findMany({
    where: after === undefined ? {} : { host: { gt: after } },
    orderBy: { host: 'asc' },
    take: limit + 1,
  })
  return pageOf(rows, limit, { key: (row) => [row.host], item: present })
}

/**
 * Blocks a host: requests to it are refused with the reason and are no longer misses; its open misses are dismissed.
 * What is declared under the host stays served.
 * @throws AppError `invalid` for what is no host name; `conflict` when it is blocked already.
 */
export async function blockHost(
  ctx: Context,
  actor: Actor,
  { host: given, reason, dryRun }: z.infer<typeof hostRuleInput> & { dryRun?: boolean },
): Promise<HostRule> {
  authorise(actor, 'host.rule')
  const host = parseHost(given)
  return transact(ctx, { dryRun }, async (tx) => {
    const [row] = await tx.hostRule.createManyAndReturn({
      data: { host, action: 'deny', reason, createdById: actor.userId },
      skipDuplicates: true,
    })
    if (!row) throw new AppError('conflict', `${host} is blocked already.`)
    // A name without a port stands for all of its ports.
    await tx.miss.updateMany({
      where: {
        OR: [{ host }, ...(/:\d+$/.test(host) ? [] : [{ host: { startsWith: `${host}:` } }])],
        state: 'open',
      },
      data: { state: 'dismissed', decidedAt: ctx.now(), decidedById: actor.userId },
    })
    await recordAudit(tx, ctx, actor, {
      action: 'host.block',
      subject: { type: 'host', id: host, name: host },
      details: { reason },
    })
    await notify(tx, { topic: 'file' })
    return present(row)
  })
}

/** Lets requests to a host be misses again. @throws AppError `invalid`, `not_found`. */
export async function unblockHost(
  ctx: Context,
  actor: Actor,
  { host: given, dryRun }: { host: string; dryRun?: boolean },
): Promise<HostRule> {
  authorise(actor, 'host.rule')
  const host = parseHost(given)
  return transact(ctx, { dryRun }, async (tx) => {
    const row = await tx.hostRule.findUnique({ where: { host } })
    if (!row) throw new AppError('not_found', `${host} is not blocked.`)
    await tx.hostRule.delete({ where: { host } })
    await recordAudit(tx, ctx, actor, {
      action: 'host.unblock',
      subject: { type: 'host', id: host, name: host },
    })
    await notify(tx, { topic: 'file' })
    return present(row)
  })
}

/** A host in the form that URIs carry it: lower case, A-label, `:port` only when it is not the usual one. */
function parseHost(text: string): string {
  try {
    const { uri, host } = parseUri(`https://${text}/`)
    if (new URL(uri).pathname === '/' && new URL(uri).search === '') return host
  } catch (error) {
    throw notAHost(text, error)
  }
  throw notAHost(text)
}

function notAHost(text: string, cause?: unknown): AppError {
  const message = `“${text}” is not the name of a host.`
  return new AppError('invalid', message, { cause, fields: [{ path: 'host', message }] })
}
