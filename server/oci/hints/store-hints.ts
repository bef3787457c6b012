import { Readable } from 'node:stream'
import { isDeepStrictEqual } from 'node:util'
import type { Context } from '@/server/context'
import { readHints } from '@/server/oci/hints/read-hints'
import { toYson } from '@/server/oci/hints/yson'
import type { HintDocument } from '@/server/storage/cluster-documents'
import type { Cluster } from '@/server/storage/clusters'

/** A repository whose document is concerned. */
export interface HintedRepository {
  id: string
  /** `sys/admin/images/ubuntu`. */
  name: string
}

const MAX_MS = 600_000
const MAX_ROUNDS = 5

/** Where a storage without documents of its own has that of an image: beside it, as the node that it is named after. */
export function hintsKey(name: string): string {
  return `nodes/${name}/_tags`
}

/**
 * Stores the whole document of a repository as the database has it now; where no tag is left, removes it. Writers of one
 * repository follow one another, in all processes, so the last document is of the latest state.
 * @returns what was stored.
 */
export async function storeHints(
  ctx: Context,
  cluster: Cluster,
  repository: HintedRepository,
): Promise<HintDocument> {
  if (cluster.documents) return replaceDocument(ctx, cluster, repository)
  const lock = `hints ${cluster.name} ${repository.name}`
  return ctx.db.$transaction(
    async (tx) => {
      await tx.$executeRaw`SELECT pg_advisory_xact_lock(hashtextextended(${lock}, 0))`
      const document = await readHints(tx, cluster, repository.id)
      const key = hintsKey(repository.name)
      if (Object.keys(document).length === 0) await cluster.storage.remove(key)
      else await cluster.storage.write(key, Readable.from([Buffer.from(`${toYson(document)}\n`)]))
      return document
    },
    { timeout: MAX_MS },
  )
}

/** Single tags are set in it without a lock, so what was replaced is compared with what should be there by then. */
async function replaceDocument(
  ctx: Context,
  cluster: Cluster,
  { id, name }: HintedRepository,
): Promise<HintDocument> {
  let document = await readHints(ctx.db, cluster, id)
  for (let round = 1; ; round += 1) {
    const isEmpty = Object.keys(document).length === 0
    await cluster.documents?.replace(name, isEmpty ? undefined : document)
    const now = await readHints(ctx.db, cluster, id)
    if (round === MAX_ROUNDS || isDeepStrictEqual(now, document)) return now
    document = now
  }
}
