import type { AptUpload } from '@/prisma/client/client'
import { firstError } from '@/server/apt/uploads/report'
import type { ReportLine, UploadSummary } from '@/server/apt/uploads/schema'

/** A row as lists and pages show it. */
export function presentUpload(
  row: AptUpload & { files: { size: bigint }[] },
  repository: string,
): UploadSummary {
  const { id, branch, via, state, actorName, changesName, source, version, signer, files } = row
  return {
    ...{ id, repository, branch, via, state, actorName, changesName, source, version, signer },
    files: files.length,
    size: files.reduce((sum, { size }) => sum + Number(size), 0),
    error: firstError(linesOf(row)),
    createdAt: row.createdAt.toISOString(),
    finishedAt: row.finishedAt?.toISOString() ?? null,
  }
}

/** The report of a row. */
export function linesOf({ report }: Pick<AptUpload, 'report'>): ReportLine[] {
  return report as unknown as ReportLine[]
}
