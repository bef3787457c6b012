import type { Changes } from '@/server/apt/format/changes'
import { compareVersions } from '@/server/apt/format/version'
import { addPackages } from '@/server/apt/packages/add-packages'
import { changeBranches, type LockedBranches } from '@/server/apt/publish/change-branches'
import { repositorySubject } from '@/server/apt/repositories/settings'
import type { CheckedRepository, CheckedUpload } from '@/server/apt/uploads/check-upload'
import { needsApproval } from '@/server/apt/uploads/find-upload-branch'
import { holdUpload, type SeenUpload } from '@/server/apt/uploads/hold-upload'
import { isStillTrusted } from '@/server/apt/uploads/is-still-trusted'
import type { ReportLine } from '@/server/apt/uploads/schema'
import type { Verdict } from '@/server/apt/uploads/verdict'
import { recordAudit } from '@/server/audit/record'
import type { Actor } from '@/server/auth/permissions'
import type { Context } from '@/server/context'
import type { Prisma, Tx } from '@/server/db'
import { AppError } from '@/server/errors'

interface Accepting {
  repository: CheckedRepository
  upload: SeenUpload
  checked: CheckedUpload
}

/**
 * Puts all packages of a checked upload into its branch and publishes it, in one transaction with the end of the upload. An
 * upload that was accepted before, by what its .changes lists, changes nothing.
 * @returns `changed` where a file of it is not what was checked any more, or its signature has to be looked at again.
 * @throws AppError `conflict` for bytes that differ from those stored; `unprocessable` for a version older than the
 *   branch's; `forbidden` for a branch that takes approved requests alone.
 */
export async function acceptUpload(
  ctx: Context,
  actor: Actor,
  { repository, upload, checked }: Accepting,
): Promise<Verdict | 'changed'> {
  const { id, branch: name } = upload
  const changes = checked.changes as Changes
  const request = { repositoryId: repository.id, branches: [name], actor, cause: 'upload' as const }
  return changeBranches<Verdict | 'changed'>(ctx, request, async (tx, locked) => {
    const branch = locked.branches.get(name)
    if (branch === undefined) throw new AppError('not_found', `There is no branch “${name}”.`)
    const held = await holdUpload(tx, upload)
    if (held !== undefined) return { result: held }
    if (!(await isStillTrusted(tx, locked, { repository, checked }))) return { result: 'changed' }
    if (branch.approvalRequired) throw needsApproval(name)
    await refuseOlder(tx, locked, { branchId: branch.id, changes })
    const before = await acceptedBefore(tx, upload, checked)
    const lines = [...checked.report.lines]
    if (before) lines.push(note(acceptedAlready(before)))
    else {
      const { packages } = checked
      const { added } = await addPackages(tx, locked, { branch, packages, uploadId: id })
      for (const one of packages) lines.push(note(`${one.name} ${one.version} ${one.architecture}`))
      lines.push(note(summary(name, packages.length, added)))
    }
    await finish(tx, ctx, { id, changes, signer: checked.signer?.fingerprint ?? null, lines })
    await recordAudit(tx, ctx, actor, {
      action: 'apt.upload',
      subject: repositorySubject(repository),
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

/**
 * When all that the .changes lists was accepted for this branch; undefined when it was not. It goes by what is listed, which a
 * signature vouches for, and not by the bytes or the name of the .changes, which whoever sends it can change.
 */
async function acceptedBefore(
  tx: Tx,
  { repositoryId, branch }: SeenUpload,
  { changes, packages }: CheckedUpload,
): Promise<Date | undefined> {
  const [first] = packages
  if (changes === undefined || first === undefined) return undefined
  const { name, version, architecture } = first
  // Of most uploads this is all that has to be looked at.
  const known = await tx.aptPackage.findFirst({ where: { repositoryId, name, version, architecture } })
  if (known === null) return undefined
  const [before] = await tx.$queryRaw<{ finished_at: Date }[]>`
    SELECT u.finished_at FROM apt_uploads u
    WHERE u.repository_id = ${repositoryId}::uuid AND u.branch = ${branch} AND u.state = 'accepted' AND u.via = 'put'
      AND u.source = ${changes.source} AND u.version = ${changes.version}
      AND NOT EXISTS (
        SELECT FROM unnest(${changes.files.map((file) => file.name)}::text[],
          ${changes.files.map((file) => file.sha256)}::text[]) AS listed (name, sha256)
        WHERE NOT EXISTS (
          SELECT FROM apt_upload_files f
          WHERE f.upload_id = u.id AND f.name = listed.name AND f.sha256 = listed.sha256))
    ORDER BY u.finished_at LIMIT 1`
  return before?.finished_at
}

function acceptedAlready(before: Date): string {
  return `This was accepted already, at ${before.toISOString()}; nothing changed. What has left the branch since does not come back by it.`
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
