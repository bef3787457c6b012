import type { Readable } from 'node:stream'
import { FormatError } from '@/server/apt/format/format-error'
import { describeDeb } from '@/server/apt/packages/describe-deb'
import type { NewPackage } from '@/server/apt/packages/new-package'
import { readDeb } from '@/server/apt/read/read-deb'
import type { FoundRepository } from '@/server/apt/repositories/find-repository'
import { repositorySubject } from '@/server/apt/repositories/settings'
import { addInBatches } from '@/server/apt/uploads/add-in-batches'
import { findUploadBranch, needsSignature } from '@/server/apt/uploads/find-upload-branch'
import { Report } from '@/server/apt/uploads/report'
import type { PackageUploaded, PackageUploadQuery } from '@/server/apt/uploads/schema'
import { recordAudit } from '@/server/audit/record'
import type { Actor } from '@/server/auth/permissions'
import { type Received, recordBlob } from '@/server/blobs/store'
import type { Context } from '@/server/context'
import type { Prisma } from '@/server/db'
import { AppError, type ErrorCode } from '@/server/errors'
import { notify } from '@/server/events'

interface PackageUpload extends PackageUploadQuery {
  repo: string
  /** Absent when the request had none: that is never taken for an empty file. */
  body: Readable | undefined
  signal?: AbortSignal
  /** Says whether the branch would take it, without a look at the body. */
  dryRun?: boolean
}

/**
 * Takes one binary package by itself and publishes it in a branch. Its name in the pool is made from its control file. Several
 * at a time are published together.
 * @returns undefined for a rehearsal.
 * @throws AppError `not_found`, `forbidden`, also where the repository takes signed uploads alone; `conflict` for other bytes
 *   than those stored, with both hashes; `unprocessable` for what is no package, or older than what the branch has.
 */
export async function uploadPackage(
  ctx: Context,
  actor: Actor,
  { repo, branch: name, component, via = 'api', dryRun, ...sent }: PackageUpload,
): Promise<PackageUploaded | undefined> {
  const { repository, branch } = await findUploadBranch(ctx, actor, { repository: repo, branch: name })
  if (repository.signaturePolicy === 'required') throw needsSignature(repo, name)
  if (component !== undefined && !repository.components.includes(component)) {
    const fields = [{ path: 'component', message: 'The repository has no such component.' }]
    throw new AppError('invalid', `“${repo}” has no component “${component}”.`, { fields })
  }
  if (dryRun) return undefined
  const received = await receivePackage(ctx, sent)
  const upload = { repository, branch: branch.name, via, received }
  let found: NewPackage
  try {
    found = await read(ctx, received, { repository, component })
    return await addInBatches(ctx, actor, { ...upload, package: found })
  } catch (error) {
    const known = refusalOf(error)
    if (known !== undefined) await keepRejection(ctx, actor, { ...upload, error: known })
    throw known ?? error
  }
}

async function receivePackage(
  ctx: Context,
  { body, signal }: Pick<PackageUpload, 'body' | 'signal'>,
): Promise<Received> {
  if (body === undefined) throw new AppError('invalid', 'Send the package as the body of the request.')
  const received = await ctx.blobs.receive(body, {
    ...{ maxBytes: ctx.env.ENTREPOT_FETCH_MAX_BYTES, algorithms: ['sha1', 'md5'] },
    ...(signal && { signal }),
  })
  if (received.size > 0) {
    await received.commit()
    return received
  }
  await received.discard()
  throw new AppError('invalid', 'Send the package as the body of the request.')
}

async function read(
  ctx: Context,
  { sha256, size, digests }: Received,
  { repository, component }: { repository: FoundRepository; component: string | undefined },
): Promise<NewPackage> {
  const deb = await readDeb(ctx.blobs.source(sha256), size, { wantPaths: repository.contents })
  const file = { sha256, size, sha1: digests.sha1 as string, md5: digests.md5 as string }
  const found = describeDeb({
    ...{ control: deb.control, paths: deb.paths ?? [], changelog: deb.changelog, file },
    ...{ destination: repository, component },
  })
  if (found.architecture === 'all' || repository.architectures.includes(found.architecture)) return found
  throw new FormatError(
    `The architecture ${found.architecture} is not among this repository’s: ${repository.architectures.join(', ')}.`,
  )
}

const REFUSALS: ReadonlySet<ErrorCode> = new Set(['conflict', 'forbidden', 'unprocessable'])

/** What speaks against the package itself, in words for who sent it; undefined for any other failure. */
function refusalOf(error: unknown): AppError | undefined {
  if (error instanceof FormatError) return new AppError('unprocessable', error.message, { cause: error })
  return error instanceof AppError && REFUSALS.has(error.code) ? error : undefined
}

interface Rejected {
  repository: FoundRepository
  branch: string
  via: 'api' | 'portal'
  received: Received
  error: AppError
}

/** The portal shows what was refused, and why. */
async function keepRejection(
  ctx: Context,
  actor: Actor,
  { repository, branch, via, received, error }: Rejected,
): Promise<void> {
  const report = new Report()
  report.error(error.message)
  const { sha256, size, digests } = received
  const file = { name: 'package.deb', sha256, size, sha1: digests.sha1 as string, md5: digests.md5 as string }
  await ctx.db.$transaction(async (tx) => {
    await recordBlob(tx, received)
    const { id } = await tx.aptUpload.create({
      data: {
        ...{ repositoryId: repository.id, branch, via, state: 'rejected' },
        ...{ userId: actor.userId, actorName: actor.name, finishedAt: ctx.now() },
        report: report.lines as unknown as Prisma.InputJsonArray,
        files: { create: [file] },
      },
    })
    await recordAudit(tx, ctx, actor, {
      action: 'apt.reject-upload',
      subject: repositorySubject(repository),
      details: { upload: id, error: error.message },
    })
    await notify(tx, { topic: 'apt', id: repository.id })
  })
}
