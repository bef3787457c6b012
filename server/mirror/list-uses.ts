import { type Actor, authorise } from '@/server/auth/permissions'
import type { Context } from '@/server/context'
import { Prisma } from '@/server/db'
import { AppError } from '@/server/errors'
import { idsOfCursor, pageOf } from '@/server/http/cursor'
import { searchIds } from '@/server/mirror/build-search'
import { choosePlan } from '@/server/mirror/choose-plan'
import { parseFilter } from '@/server/mirror/file-filter'
import { presentUse, withPeople } from '@/server/mirror/get-file'
import type { Use, UseQuery } from '@/server/mirror/schema'
import { subjectOf, withSubject } from '@/server/mirror/use-subject'

const { sql, empty } = Prisma

const withAll = { ...withPeople, ...withSubject } satisfies Prisma.UseInclude
type UseRow = Prisma.UseGetPayload<{ include: typeof withAll }>

/**
 * The uses that are in force, those of the newest file or image first; `q` is any part of the file's URI, or of
 * `registry/repository@digest`.
 */
export async function listUses(ctx: Context, actor: Actor, { limit, cursor, ...query }: UseQuery) {
  authorise(actor, 'file.read')
  const [lastSubject, lastUse] = cursor === undefined ? [] : idsOfCursor(cursor, 2)
  // The last page may have ended between two uses of one subject.
  const rows =
    lastSubject && lastUse
      ? await readUses(ctx, query, { ...ofSubjects([lastSubject]), id: { lt: lastUse } })
      : []
  let before = lastSubject
  for (let isMore = true; isMore && rows.length <= limit; ) {
    const subjects = await findSubjects(ctx, { ...query, before }, limit + 1)
    rows.push(...(await readUses(ctx, query, ofSubjects(subjects))))
    before = subjects.at(-1)
    isMore = subjects.length > limit
  }
  return pageOf(rows, limit, {
    key: (row) => [subjectOf(row).id, row.id],
    item: (row) => ({ ...presentUse(row), subject: subjectOf(row) }),
  })
}

type UseFilter = Omit<UseQuery, 'limit' | 'cursor'>
type SubjectFilter = UseFilter & { before: string | undefined }

/** Ids of files and images come from one sequence of time, so they can be merged. */
async function findSubjects(ctx: Context, filter: SubjectFilter, limit: number): Promise<string[]> {
  const found = await Promise.all([findFiles(ctx, filter, limit), findImages(ctx, filter, limit)])
  return found.flat().sort().reverse().slice(0, limit)
}

async function findFiles(
  ctx: Context,
  { before, ...query }: SubjectFilter,
  limit: number,
): Promise<string[]> {
  const filter = parseFilter(query, before)
  const plan = await choosePlan(ctx, filter, limit)
  const files = await ctx.db.$queryRaw<{ id: string }[]>(searchIds(filter, plan, limit))
  return files.map(({ id }) => id)
}

async function findImages(
  ctx: Context,
  { q, team, licence, before }: SubjectFilter,
  limit: number,
): Promise<string[]> {
  const pattern = q && `%${q.toLowerCase().replace(/[\\%_]/g, '\\$&')}%`
  const images = await ctx.db.$queryRaw<{ id: string }[]>`
    SELECT i.id FROM images i
    WHERE EXISTS (
        SELECT FROM uses u WHERE u.image_id = i.id AND u.retired_at IS NULL
        ${team === undefined ? empty : sql`AND u.team_id = (SELECT id FROM teams WHERE slug = ${team})`}
        ${licence === undefined ? empty : sql`AND u.licence = ${licence}`})
      ${pattern ? sql`AND lower(registry || '/' || repository || '@' || digest) LIKE ${pattern}` : empty}
      ${before === undefined ? empty : sql`AND i.id < ${before}::uuid`}
    ORDER BY i.id DESC LIMIT ${limit}`
  return images.map(({ id }) => id)
}

function ofSubjects(ids: string[]): Prisma.UseWhereInput {
  return { OR: [{ fileId: { in: ids } }, { imageId: { in: ids } }] }
}

async function readUses(
  ctx: Context,
  { team, licence }: UseFilter,
  where: Prisma.UseWhereInput,
): Promise<UseRow[]> {
  const rows = await ctx.db.use.findMany({
    where: { ...where, retiredAt: null, ...(team && { team: { slug: team } }), ...(licence && { licence }) },
    include: withAll,
  })
  const place = (row: UseRow) => `${subjectOf(row).id} ${row.id}`
  return rows.sort((one, other) => (place(one) < place(other) ? 1 : -1))
}

/** One use, in force or retired. @throws AppError `not_found`. */
export async function getUse(ctx: Context, actor: Actor, { id }: { id: string }): Promise<Use> {
  authorise(actor, 'file.read')
  const row = await ctx.db.use.findUnique({ where: { id }, include: withPeople })
  if (!row) throw new AppError('not_found', 'There is no such use.')
  return presentUse(row)
}
