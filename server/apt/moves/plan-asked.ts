import type { AptBranch, AptMoveRequest } from '@/prisma/client/client'
import { filesDigest } from '@/server/apt/moves/files-digest'
import type { MoveItem } from '@/server/apt/moves/move-items'
import { planMove } from '@/server/apt/moves/plan-move'
import type { MovePlan, PlanPackage } from '@/server/apt/moves/schema'
import type { AskedPackage } from '@/server/apt/moves/select-sources'
import type { Tx } from '@/server/db'
import { AppError } from '@/server/errors'

interface Ends {
  /** Locked by the caller, both. */
  from: AptBranch
  to: AptBranch
}

const MAX_NAMED = 5

/**
 * What a request moves, if it still moves the very files that it was asked for.
 * @throws AppError `conflict` saying what is different by now.
 */
export async function planAsked(tx: Tx, request: AptMoveRequest, { from, to }: Ends): Promise<MoveItem[]> {
  const packages = request.packages as unknown as AskedPackage[]
  const planned = await planMove(tx, { from, to, packages, copy: request.copy }).catch((error: unknown) => {
    throw error instanceof AppError ? changed(whyNone(error, { from, to })) : error
  })
  if ((await filesDigest(tx, planned.enters)) === request.filesDigest) return planned.items
  throw changed(whyOthers(planned.plan, to))
}

/** What keeps the request from meaning anything any more. */
function whyNone({ message, detail }: AppError, { from, to }: Ends): string[] {
  const absent = (detail.absent ?? []) as string[]
  if (absent.length === 0) return [message.replace(/\.$/, '')]
  return absent.map((named) => `${named} is in neither ${from.name} nor ${to.name} any more`)
}

function whyOthers({ moves, already }: MovePlan, to: AptBranch): string[] {
  const sourceOf = ({ source, sourceVersion }: PlanPackage) => `${source} ${sourceVersion}`
  const there = new Set(already.map(({ id }) => id))
  const entering = new Set(moves.filter(({ id }) => !there.has(id)).map(sourceOf))
  const came = [...new Set(already.map(sourceOf))].filter((named) => !entering.has(named))
  if (came.length === 0) return ['files came or went since']
  return came.map((named) => `${named} is in ${to.name} already`)
}

function changed(reasons: readonly string[]): AppError {
  const more = reasons.length > MAX_NAMED ? `, and ${reasons.length - MAX_NAMED} more` : ''
  const what = `${reasons.slice(0, MAX_NAMED).join(', ')}${more}`
  return new AppError(
    'conflict',
    `What would move now is not what was asked for: ${what}. Decline the request, or withdraw it, and ask again.`,
    { detail: { changes: reasons } },
  )
}
