import { dirname, isAbsolute, relative, resolve } from 'node:path'
import { presentArchives } from '@/server/archives/present-archive'
import type { Archive, ArchiveInput } from '@/server/archives/schema'
import { recordAudit } from '@/server/audit/record'
import { type Actor, authorise } from '@/server/auth/permissions'
import type { Context } from '@/server/context'
import { transact } from '@/server/database/transact'
import { isUniqueViolation } from '@/server/db'
import { AppError } from '@/server/errors'
import { notify } from '@/server/events'
import { isKey } from '@/server/storage/driver'
import { isReadableDirectory, realDirectory } from '@/server/storage/filesystem-tree'

/** What storages hold for their own purposes, of which some is not for everybody. */
const RESERVED = new Set(['blobs', 'clusters', 'docker', 'incoming', 'uploads'])

/**
 * Declares an old tree: a directory that every process can read, or a prefix of the storage. Only administrators do, for
 * everybody may read what is in it.
 * @throws AppError `invalid` for a place that cannot be served; `conflict` for a name that is taken.
 */
export async function createArchive(
  ctx: Context,
  actor: Actor,
  { dryRun, ...input }: ArchiveInput & { dryRun?: boolean },
): Promise<Archive> {
  authorise(actor, 'archive.manage')
  const { name, kind, description = '', pointer, goneFrom } = input
  const location = kind === 'directory' ? await directoryOf(ctx, input.location) : prefixOf(input.location)
  try {
    return await transact(ctx, { dryRun }, async (tx) => {
      const row = await tx.archive.create({
        data: {
          ...{ name, kind, location, description },
          pointer: pointer === undefined || pointer === '' ? null : pointer,
          goneFrom: goneFrom === undefined ? null : new Date(goneFrom),
        },
      })
      await recordAudit(tx, ctx, actor, {
        action: 'archive.create',
        subject: { type: 'archive', id: row.id, name },
        details: { kind, location, ...(goneFrom !== undefined && { goneFrom }) },
      })
      await notify(tx, { topic: 'archive', id: row.id })
      const [archive] = await presentArchives(ctx, tx, [row])
      return archive as Archive
    })
  } catch (error) {
    if (isUniqueViolation(error, 'name'))
      throw new AppError('conflict', `There is an archive “${name}” already.`)
    throw error
  }
}

async function directoryOf(ctx: Context, given: string): Promise<string> {
  if (!isAbsolute(given)) throw notServed('Write the directory with its whole path, from “/” on.')
  const path = resolve(given)
  const real = await realDirectory(path)
  for (const own of ownDirectories(ctx)) {
    // A place that is a link, or below one, is judged by where it leads.
    const at = await realDirectory(own)
    if (isWithin(real, at) || isWithin(at, real)) {
      throw notServed('This is where Entrepôt keeps its own data, which is not for everybody.')
    }
  }
  if (!(await isReadableDirectory(path)))
    throw notServed('There is no directory here that Entrepôt can read.')
  return path
}

/** The data directory, and those storages that are directories of this machine. */
function ownDirectories({ env, storage, clusters }: Context): string[] {
  const places = [storage, ...clusters.all.map((cluster) => cluster.storage)].map((one) => one.place('x'))
  return [resolve(env.ENTREPOT_DATA), ...places.filter(isAbsolute).map((place) => dirname(place))]
}

function prefixOf(given: string): string {
  const prefix = given.replace(/^\/+|\/+$/g, '')
  if (!isKey(prefix))
    throw notServed('A prefix is written as names with “/” between them, such as archives/old.')
  const [first = ''] = prefix.split('/')
  if (RESERVED.has(first)) throw notServed(`“${first}” holds what Entrepôt keeps there itself.`)
  return prefix
}

/** Whether a path is another one, or below it. */
function isWithin(path: string, other: string): boolean {
  const way = relative(other, path)
  return way === '' || !(way === '..' || way.startsWith('../') || isAbsolute(way))
}

function notServed(message: string): AppError {
  return new AppError('invalid', message, { fields: [{ path: 'location', message }] })
}
