import { posix } from 'node:path'
import type { AptBranch } from '@/prisma/client/client'
import { compareVersions } from '@/server/apt/format/version'
import { addPackages } from '@/server/apt/packages/add-packages'
import type { NewPackage } from '@/server/apt/packages/new-package'
import { changeBranches, type LockedBranches } from '@/server/apt/publish/change-branches'
import { repositorySubject } from '@/server/apt/repositories/settings'
import { needsApproval, needsSignature } from '@/server/apt/uploads/find-upload-branch'
import type { PackageUploaded } from '@/server/apt/uploads/schema'
import { recordAudit } from '@/server/audit/record'
import type { Actor } from '@/server/auth/permissions'
import { recordBlobs } from '@/server/blobs/store'
import type { Context } from '@/server/context'
import type { Db, Tx } from '@/server/db'
import { AppError } from '@/server/errors'

/** A package by itself, read and stored. */
export interface SinglePackage {
  repository: { id: string; name: string }
  branch: string
  via: 'api' | 'portal'
  package: NewPackage
}

interface Waiting {
  single: SinglePackage
  resolve(uploaded: PackageUploaded): void
  reject(error: unknown): void
}

/** Packages that one publication takes. */
const MOST = 200

/** What waits to be published, by branch and by who sends it; of each database that this process uses. */
const lines = new WeakMap<Db, Map<string, Waiting[]>>()

/**
 * Publishes a package in its branch. While one publication runs, packages of the same person for the same branch gather, and
 * the next takes them all; one that is refused does not stop the others.
 * @throws AppError as `addPackages`; `unprocessable` for one older than what the branch has; `forbidden`.
 */
export function addInBatches(ctx: Context, actor: Actor, single: SinglePackage): Promise<PackageUploaded> {
  const all = lines.get(ctx.db) ?? new Map<string, Waiting[]>()
  lines.set(ctx.db, all)
  const key = `${single.repository.id}/${single.branch} ${actor.kind} ${actor.id} ${single.via}`
  const line = all.get(key)
  return new Promise((resolve, reject) => {
    const waiting = { single, resolve, reject }
    if (line !== undefined) {
      line.push(waiting)
      return
    }
    const fresh = [waiting]
    all.set(key, fresh)
    void workOff(ctx, actor, fresh, () => all.delete(key))
  })
}

/** @param end called in the moment in which nothing waits any more: who comes then begins a line of his own. */
async function workOff(ctx: Context, actor: Actor, line: Waiting[], end: () => void): Promise<void> {
  while (line.length > 0) {
    const batch = line.splice(0, MOST)
    try {
      await settle(ctx, actor, batch)
    } catch (error) {
      if (batch.length === 1) batch[0]?.reject(error)
      // Which of them it was is found by one after the other.
      else for (const one of batch) await settle(ctx, actor, [one]).catch(one.reject)
    }
  }
  end()
}

async function settle(ctx: Context, actor: Actor, batch: readonly Waiting[]): Promise<void> {
  const uploaded = await publish(
    ctx,
    actor,
    batch.map(({ single }) => single),
  )
  for (const [index, { resolve }] of batch.entries()) resolve(uploaded[index] as PackageUploaded)
}

async function publish(
  ctx: Context,
  actor: Actor,
  singles: readonly SinglePackage[],
): Promise<PackageUploaded[]> {
  const { repository, branch: name, via } = singles[0] as SinglePackage
  const request = { repositoryId: repository.id, branches: [name], actor, cause: 'upload' as const }
  return changeBranches(ctx, request, async (tx, locked) => {
    const branch = locked.branches.get(name)
    if (branch === undefined) throw new AppError('not_found', `There is no branch “${name}”.`)
    if (branch.approvalRequired) throw needsApproval(name)
    if (locked.repository.signaturePolicy === 'required') throw needsSignature(repository.name, name)
    await refuseOlder(tx, locked, branch, singles)
    const files = singles.flatMap((single) => single.package.files)
    await recordBlobs(tx, [...new Map(files.map((file) => [file.sha256, file])).values()])
    const uploaded: PackageUploaded[] = []
    for (const single of singles) {
      const upload = await tx.aptUpload.create({ data: rowOf(ctx, actor, single) })
      const { ids, added } = await addPackages(tx, locked, {
        ...{ branch, packages: [single.package], uploadId: upload.id },
      })
      uploaded.push(presentUploaded(single, { id: ids[0] as bigint, uploadId: upload.id, added }))
    }
    await recordAudit(
      tx,
      ctx,
      actor,
      ...uploaded.map(({ uploadId, name: own, version, architecture }) => ({
        action: 'apt.upload',
        subject: repositorySubject(repository),
        details: { upload: uploadId, branch: name, package: own, version, architecture, via },
      })),
    )
    const causeId = uploaded[0]?.uploadId
    return { result: uploaded, ...(causeId !== undefined && { causeId }) }
  })
}

/** As with whole uploads, but by the package itself: its .changes is not known. */
async function refuseOlder(
  tx: Tx,
  { repository }: LockedBranches,
  branch: AptBranch,
  singles: readonly SinglePackage[],
): Promise<void> {
  if (repository.allowOlder) return
  const names = singles.map((single) => single.package.name)
  const rows = await tx.$queryRaw<{ name: string; architecture: string; version: string }[]>`
    SELECT k.name, k.architecture, k.version FROM apt_placements p JOIN apt_packages k ON k.id = p.package_id
    WHERE p.branch_id = ${branch.id}::uuid AND p.name = ANY(${names}::text[]) AND k.type <> 'source'`
  for (const { package: one } of singles) {
    const newer = rows.find(
      (row) =>
        row.name === one.name &&
        row.architecture === one.architecture &&
        compareVersions(row.version, one.version) > 0,
    )
    if (newer === undefined) continue
    throw new AppError(
      'unprocessable',
      `${one.name} ${one.version} is older than ${newer.version}, which the branch has. The repository can be set to allow older versions.`,
    )
  }
}

function rowOf(ctx: Context, actor: Actor, { repository, branch, via, package: one }: SinglePackage) {
  const [file] = one.files
  if (file === undefined) throw new Error('a package has no file')
  const { path, ...digests } = file
  return {
    ...{ repositoryId: repository.id, branch, via, state: 'accepted' as const },
    ...{ userId: actor.userId, actorName: actor.name, finishedAt: ctx.now() },
    ...{ source: one.sourceName, version: one.sourceVersion },
    report: [{ level: 'note', message: `${one.name} ${one.version} ${one.architecture} is in “${branch}”.` }],
    files: { create: [{ name: posix.basename(path), ...digests }] },
  }
}

function presentUploaded(
  { branch, package: one }: SinglePackage,
  { id, uploadId, added }: { id: bigint; uploadId: string; added: number },
): PackageUploaded {
  const { type, name, version, architecture, component, section, summary, sourceName, sourceVersion } = one
  const [file] = one.files
  return {
    ...{ id: String(id), type, name, version, architecture, component, section, summary },
    ...{ source: sourceName, sourceVersion, branch, uploadId, wasStored: added === 0 },
    ...{ size: file?.size ?? 0, sha256: file?.sha256 ?? '', path: file?.path ?? '' },
  }
}
