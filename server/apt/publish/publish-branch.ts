import type { AptBranch, AptCause, AptPublication, AptRepository } from '@/prisma/client/client'
import type { ReleaseSigner } from '@/server/apt/keys/release-signer'
import type { BranchChange } from '@/server/apt/publish/branch-changes'
import { changeLists } from '@/server/apt/publish/change-lists'
import { flatFiles, type IndexFile, indexFiles } from '@/server/apt/publish/lists'
import {
  hashAhead,
  type IndexContent,
  type PublishedFile,
  publishFiles,
} from '@/server/apt/publish/publish-files'
import { distsRelease, flatRelease } from '@/server/apt/publish/release-text'
import type { RunFacts } from '@/server/apt/publish/runs'
import type { Context } from '@/server/context'
import type { Tx } from '@/server/db'

interface Publishing {
  repository: AptRepository
  /** Locked by the caller. */
  branch: AptBranch
  /** What the branch shows until now. */
  before: AptPublication | null
  change: BranchChange
  because: { cause: AptCause; causeId: string | null; actorName: string }
  /** By the database's clock, while the branch is locked. */
  now: Date
  signer: ReleaseSigner
}

/** The three forms in which clients may ask for one Release. */
export interface SignedRelease {
  release: string
  inRelease: string
  detached: string
}

/** Causes after which every Release is signed again, whether its files changed or not. */
const SIGNS_ALL = new Set<AptCause>(['settings', 'refresh'])

/**
 * Makes a new publication of a branch out of the one before and what changed since, and shows it. The cost follows the change:
 * only the runs that hold a touched name are read, cut and compressed, and hashing goes on from where they begin.
 */
export async function publishBranch(ctx: Context, tx: Tx, publishing: Publishing): Promise<void> {
  const { repository, branch, before, change, because, now, signer } = publishing
  const previous = new Map(Object.entries((before?.lists ?? {}) as Record<string, number>))
  const made = (list: string, runs: readonly RunFacts[]) =>
    hashAhead(ctx, { branchId: branch.id, list, runs })
  const lists = await changeLists(ctx, tx, { repository, branch, change, previous, made })
  const at = before !== null && before.at >= now ? new Date(before.at.getTime() + 1) : now
  const contents: IndexContent[] = []
  const publish = (files: readonly IndexFile[], release: string | undefined) =>
    publishFiles(ctx, { repository, branchId: branch.id, files, lists, previous, release, contents })
  const sign = async (release: string): Promise<SignedRelease> => ({
    release,
    ...(await signer.sign(release)),
  })

  const files = await publish(indexFiles(repository), before?.release)
  const main = await sign(distsRelease(ctx, { repository, branch, at, files }))
  const flat: Record<string, SignedRelease> = {}
  // One that says until when it is valid is renewed with the branch, by whose last publication its age is judged.
  const signsAll = SIGNS_ALL.has(because.cause) || branch.validDays !== null
  const flatBefore = (before?.flat ?? {}) as unknown as Record<string, SignedRelease>
  for (const { directory, files: wanted } of flatFiles(repository)) {
    const kept = flatBefore[directory]
    const made = await publish(wanted, kept?.release)
    const isSame = kept !== undefined && made.every(isUnchanged) && !signsAll
    flat[directory] = isSame
      ? kept
      : await sign(flatRelease({ repository, branch, at, directory, files: made }))
  }

  if (contents.length > 0) await tx.aptIndexContent.createMany({ data: contents, skipDuplicates: true })
  const counts = await countPackages(tx, branch.id, change, before)
  const { id: publicationId } = await tx.aptPublication.create({
    data: {
      ...because,
      ...{
        branchId: branch.id,
        at,
        lists: Object.fromEntries([...lists].map(([name, id]) => [name, Number(id)])),
      },
      ...{ release: main.release, inRelease: main.inRelease, detached: main.detached },
      ...{ flat: flat as object, ...counts },
    },
    select: { id: true },
  })
  await tx.aptBranch.update({ where: { id: branch.id }, data: { publicationId }, select: { id: true } })
}

const isUnchanged = ({ unchanged }: PublishedFile): boolean => unchanged

async function countPackages(
  tx: Tx,
  branchId: string,
  { touched, delta }: BranchChange,
  before: AptPublication | null,
): Promise<Pick<AptPublication, 'packages' | 'sources' | 'size'>> {
  if (before !== null && touched !== 'everything') {
    const { packages, sources, size } = before
    return { packages: packages + delta.packages, sources: sources + delta.sources, size: size + delta.size }
  }
  const [row] = await tx.$queryRaw<{ packages: number; sources: number; size: bigint }[]>`
    SELECT count(*) FILTER (WHERE k.type <> 'source')::int AS packages,
      count(*) FILTER (WHERE k.type = 'source')::int AS sources, coalesce(sum(k.size), 0)::bigint AS size
    FROM apt_placements p JOIN apt_packages k ON k.id = p.package_id WHERE p.branch_id = ${branchId}::uuid`
  return row ?? { packages: 0, sources: 0, size: 0n }
}
