import { type Actor, authorise } from '@/server/auth/permissions'
import type { Context } from '@/server/context'
import type { Prisma } from '@/server/db'
import { AppError } from '@/server/errors'
import { idsOfCursor, pageOf } from '@/server/http/cursor'
import { searchIds } from '@/server/mirror/build-search'
import { choosePlan } from '@/server/mirror/choose-plan'
import { parseFilter } from '@/server/mirror/file-filter'
import { presentUse, withPeople } from '@/server/mirror/get-file'
import type { Use, UseQuery } from '@/server/mirror/schema'

const withFile = { ...withPeople, file: { select: { id: true, uri: true } } } satisfies Prisma.UseInclude
type UseRow = Prisma.UseGetPayload<{ include: typeof withFile }>

/** The uses that are in force, those of the newest file first; `q` is any part of the file's URI. */
export async function listUses(ctx: Context, actor: Actor, { limit, cursor, ...query }: UseQuery) {
  authorise(actor, 'file.read')
  const [lastFile, lastUse] = cursor === undefined ? [] : idsOfCursor(cursor, 2)
  // The last page may have ended between two uses of one file.
  const rows =
    lastFile && lastUse ? await readUses(ctx, query, { fileId: lastFile, id: { lt: lastUse } }) : []
  let before = lastFile
  for (let isMore = true; isMore && rows.length <= limit; ) {
    const files = await findFiles(ctx, { ...query, before }, limit + 1)
    rows.push(...(await readUses(ctx, query, { fileId: { in: files } })))
    before = files.at(-1)
    isMore = files.length > limit
  }
  return pageOf(rows, limit, {
    key: (row) => [row.fileId, row.id],
    item: (row) => ({ ...presentUse(row), file: row.file }),
  })
}

type UseFilter = Omit<UseQuery, 'limit' | 'cursor'>

async function findFiles(
  ctx: Context,
  { before, ...query }: UseFilter & { before: string | undefined },
  limit: number,
): Promise<string[]> {
  const filter = parseFilter(query, before)
  const plan = await choosePlan(ctx, filter, limit)
  const files = await ctx.db.$queryRaw<{ id: string }[]>(searchIds(filter, plan, limit))
  return files.map(({ id }) => id)
}

function readUses(
  ctx: Context,
  { team, licence }: UseFilter,
  where: Prisma.UseWhereInput,
): Promise<UseRow[]> {
  return ctx.db.use.findMany({
    where: { ...where, retiredAt: null, ...(team && { team: { slug: team } }), ...(licence && { licence }) },
    include: withFile,
    orderBy: [{ fileId: 'desc' }, { id: 'desc' }],
  })
}

/** One use, in force or retired. @throws AppError `not_found`. */
export async function getUse(ctx: Context, actor: Actor, { id }: { id: string }): Promise<Use> {
  authorise(actor, 'file.read')
  const row = await ctx.db.use.findUnique({ where: { id }, include: withPeople })
  if (!row) throw new AppError('not_found', 'There is no such use.')
  return presentUse(row)
}
