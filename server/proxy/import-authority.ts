import { type Actor, authorise } from '@/server/auth/permissions'
import type { Context } from '@/server/context'
import { AppError } from '@/server/errors'
import { type AuthorityRow, addAuthority } from '@/server/proxy/authority-store'
import { presentAdded } from '@/server/proxy/rotate-authority'
import type { Authority, AuthorityImport } from '@/server/proxy/schema'

const HOUR_MS = 3_600_000

/**
 * Takes over an organisation's own authority, a root or one below it with its chain, to sign after `overlapHours`.
 * @throws AppError `invalid` with the field and what is wrong with it, `conflict` when it is here already.
 */
export async function importAuthority(
  ctx: Context,
  actor: Actor,
  { certificatePem, privateKeyPem, overlapHours, dryRun }: AuthorityImport & { dryRun?: boolean },
): Promise<Authority> {
  authorise(actor, 'authority.manage')
  const signsFrom = new Date(ctx.now().getTime() + overlapHours * HOUR_MS)
  const added = { origin: 'imported' as const, certificatePem, privateKeyPem, signsFrom }
  const row = await addAuthority(ctx, actor, { added, dryRun }).catch(nameInputFields)
  return presentAdded(ctx, row as AuthorityRow)
}

/** Faults of `certificate` and `privateKey` are faults of the fields that the person filled in. */
function nameInputFields(error: unknown): never {
  if (!(error instanceof AppError)) throw error
  const fields = error.fields.map(({ path, message }) => ({ path: `${path}Pem`, message }))
  throw new AppError(error.code, error.message, { cause: error, fields, detail: error.detail })
}
