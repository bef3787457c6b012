import type { Context } from '@/server/context'
import { type FieldFault, toAppError } from '@/server/errors'
import { parseLicence } from '@/server/mirror/licence'
import type { FilesInput } from '@/server/mirror/schema'

/** What a use says, checked. */
export interface UseFields {
  teamId: string
  team: string
  reason: string
  project: string | null
  licence: string | null
}

/**
 * Checks what a person says of a use: the team exists, the licence is an SPDX expression. What is wrong is added to the
 * faults; without a team there is no use.
 */
export async function readUse(
  ctx: Context,
  { team, reason, project, licence }: Pick<FilesInput, 'team' | 'reason' | 'project' | 'licence'>,
  faults: FieldFault[],
): Promise<UseFields | undefined> {
  const spdx = readLicence(licence, faults)
  const row = await ctx.db.team.findUnique({ where: { slug: team }, select: { id: true } })
  if (row) return { teamId: row.id, team, reason, project: project || null, licence: spdx }
  faults.push({ path: 'team', message: `There is no team “${team}”.` })
  return undefined
}

/** The licence in its one form; a fault is added to the list. */
export function readLicence(text: string | undefined, faults: FieldFault[]): string | null {
  if (text === undefined || text.trim() === '') return null
  try {
    return parseLicence(text)
  } catch (error) {
    faults.push({ path: 'licence', message: toAppError(error).message })
    return null
  }
}
