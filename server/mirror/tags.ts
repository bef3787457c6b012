import { createHash } from 'node:crypto'
import { AppError } from '@/server/errors'
import type { FileDetail, Use } from '@/server/mirror/schema'

/** The ETag of a use: changes with anything that is said of it. */
export function tagOfUse(use: Use): string {
  return tagOf([
    use.id,
    use.team.slug,
    use.reason,
    use.project,
    use.licence,
    use.retiredAt,
    use.retiredReason,
  ])
}

/** The ETag of a file with its uses; weak, because times and counts of attempts are left out of it. */
export function tagOfFile({ id, state, sha256, error, expectedIntegrity, uses }: FileDetail): string {
  return `W/${tagOf([id, state, sha256, error, expectedIntegrity, ...uses.map(tagOfUse)])}`
}

/** @throws AppError `precondition_failed` when a change is based on another state of the use. */
export function demandTag(use: Use, ifMatch: string | undefined): void {
  if (ifMatch === undefined || ifMatch === '*' || ifMatch === tagOfUse(use)) return
  throw new AppError(
    'precondition_failed',
    'This use was changed meanwhile. Look again before you change it.',
  )
}

function tagOf(parts: unknown[]): string {
  return `"${createHash('sha256').update(JSON.stringify(parts)).digest('base64url').slice(0, 22)}"`
}
