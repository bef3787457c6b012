import type { AptUpload, AptUploadFile } from '@/prisma/client/client'
import type { Changes } from '@/server/apt/format/changes'
import { compareVersions } from '@/server/apt/format/version'
import { addPackages } from '@/server/apt/packages/add-packages'
import { changeBranches, type LockedBranches } from '@/server/apt/publish/change-branches'
import type { CheckedRepository, CheckedUpload } from '@/server/apt/uploads/check-upload'
import { needsApproval } from '@/server/apt/uploads/find-upload-branch'
import type { ReportLine } from '@/server/apt/uploads/schema'
import { finishedVerdict, type Verdict } from '@/server/apt/uploads/verdict'
import { recordAudit } from '@/server/audit/record'
import type { Actor } from '@/server/auth/permissions'
import type { Context } from '@/server/context'
import type { Prisma, Tx } from '@/server/db'
import { AppError } from '@/server/errors'

interface Accepting {
  repository: CheckedRepository
  upload: AptUpload & { files: AptUploadFile[] }
  checked: CheckedUpload
}

/**
 * Puts all packages of a checked upload into its branch and publishes it, in one transaction with the end of the upload. An
 * upload that was accepted before, by the bytes of its .changes, changes nothing.
 * @throws AppError `conflict` for bytes that differ from those stored; `unprocessable` for a version older than the
 *   branch's; `forbidden` for a branch that takes approved requests alone.
 */
export async function acceptUpload(
  ctx: Context,
  actor: Actor,
  { repository, upload, checked }: Accepting,
): Promise<Verdict> {
  const { id, branch: name } = upload
  const changes = checked.changes as Changes
  const request = { repositoryId: repository.id, branches: [name], actor, cause: 'upload' as const }
  return changeBranches<Verdict>(ctx, request, async (tx, locked) => {
    const branch = locked.branches.get(name)
    if (branch === undefined) throw new AppError('not_found', `There is no branch “${name}”.`)
    await tx.$queryRaw`SELECT 1 FROM apt_uploads WHERE id = ${id}::uuid FOR UPDATE`
    const row = await tx.aptUpload.findUniqueOrThrow({ where: { id } })
    if (row.state !== 'receiving') return { result: finishedVerdict(row) }
    if (branch.approvalRequired) throw needsApproval(name)
    await refuseOlder(tx, locked, { branchId: branch.id, changes })
    const before = await acceptedBefore(tx, upload)
    const lines = [...checked.report.lines]
    if (before) lines.push(note(`This was accepted already, at ${before.toISOString()}; nothing changed.`))
    else {
      const { packages } = checked
      const { added } = await addPackages(tx, locked, { branch, packages, uploadId: id })
      for (const one of packages) lines.push(note(`${one.name} ${one.version} ${one.architecture}`))
      lines.push(note(summary(name, packages.length, added)))
    }
    await finish(tx, ctx, { id, changes, signer: checked.signer, lines })
    await recordAudit(tx, ctx, actor, {
      action: 'apt.upload',
      subject: { type: 'apt-repository', id: repository.id, name: repository.name },
      details: { upload: id, branch: name, source: changes.source, version: changes.version },
    })
    return { result: { state: 'accepted', report: lines }, causeId: id }
  })
}

/** A version below the newest of its source in the branch: a slip, or an old .changes sent again. */
async function refuseOlder(
  tx: Tx,
  { repository }: LockedBranches,
  { branchId, changes }: { branchId: string; changes: Changes },
): Promise<void> {
  if (repository.allowOlder) return
  const rows = await tx.$queryRaw<{ version: string }[]>`
    SELECT DISTINCT source_version AS version FROM apt_placements
    WHERE branch_id = ${branchId}::uuid AND source_name = ${changes.source} COLLATE "C"`
  const newer = rows
    .map(({ version }) => version)
    .sort(compareVersions)
    .at(-1)
  if (newer === undefined || compareVersions(changes.sourceVersion, newer) >= 0) return
  throw new AppError(
    'unprocessable',
    `${changes.source} ${changes.sourceVersion} is older than ${newer}, which the branch has. The repository can be set to allow older versions.`,
  )
}

/** When the same .changes was accepted for this branch; undefined when it was not. */
async function acceptedBefore(
  tx: Tx,
  { repositoryId, branch, changesName, files }: AptUpload & { files: AptUploadFile[] },
): Promise<Date | undefined> {
  const own = files.find(({ name }) => name === changesName)
  const before = await tx.aptUpload.findFirst({
    where: {
      ...{ repositoryId, branch, state: 'accepted', changesName },
      files: { some: { name: changesName ?? '', sha256: own?.sha256 ?? '' } },
    },
    select: { finishedAt: true },
  })
  return before?.finishedAt ?? undefined
}

async function finish(
  tx: Tx,
  ctx: Context,
  end: { id: string; changes: Changes; signer: string | null; lines: ReportLine[] },
): Promise<void> {
  await tx.aptUpload.update({
    where: { id: end.id },
    data: {
      state: 'accepted',
      source: end.changes.source,
      version: end.changes.version,
      signer: end.signer,
      report: end.lines as unknown as Prisma.InputJsonArray,
      finishedAt: ctx.now(),
    },
  })
}

function note(message: string): ReportLine {
  return { level: 'note', message }
}

function summary(branch: string, packages: number, added: number): string {
  const all = packages === 1 ? '1 package is' : `${packages} packages are`
  return `${all} in “${branch}”${added === packages ? '' : `, ${packages - added} of which were stored before`}.`
}
