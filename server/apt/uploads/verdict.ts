import type { AptUpload } from '@/prisma/client/client'
import { linesOf } from '@/server/apt/uploads/present-upload'
import { firstError, type Report } from '@/server/apt/uploads/report'
import type { ReportLine } from '@/server/apt/uploads/schema'
import type { ErrorCode } from '@/server/errors'

/** What became of an upload when it was looked at. */
export type Verdict =
  | { state: 'waiting'; missing: string[] }
  | { state: 'accepted'; report: ReportLine[] }
  | { state: 'rejected'; code: ErrorCode; summary: string; report: ReportLine[] }

/** The rejection that a report with an error in it is. */
export function rejection(report: Report): Extract<Verdict, { state: 'rejected' }> {
  const { lines, code = 'unprocessable' } = report
  return { state: 'rejected', code, summary: firstError(lines) ?? '', report: lines }
}

/** What was found about an upload that is finished. */
export function finishedVerdict(upload: AptUpload): Verdict {
  const report = linesOf(upload)
  if (upload.state === 'accepted') return { state: 'accepted', report }
  return { state: 'rejected', code: 'unprocessable', summary: firstError(report) ?? '', report }
}
