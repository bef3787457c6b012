import { isTrusted } from '@/server/auth/client-address'
import { identifyToken } from '@/server/auth/identify'
import { type Actor, system } from '@/server/auth/permissions'
import type { Context } from '@/server/context'
import { AppError } from '@/server/errors'
import type { Incoming } from '@/server/http/incoming'
import { addressOf } from '@/server/oci/access/request-origin'

/**
 * Who sends `POST /dmove`: the owner of a token (Bearer, or the password of Basic), or, without one, a machine of a network that
 * an administrator named. What comes from a page in a browser is refused, for it would have the rights of whoever looks at it.
 * @throws AppError `unauthenticated`, `forbidden`.
 */
export async function identifyDmoveCaller(ctx: Context, { fields, address }: Incoming): Promise<Actor> {
  if (fields.origin !== undefined) {
    throw new AppError('forbidden', 'This is for programs; pages in a browser may not ask for moves here.')
  }
  if (fields.authorization !== undefined) return identifyToken(ctx, fields.authorization)
  const from = addressOf(fields.forwardedFor, address() ?? 'unknown', ctx.env)
  if (isTrusted(from, ctx.env.ENTREPOT_DMOVE_NETWORKS)) return { ...system, name: `dmove from ${from}` }
  throw new AppError(
    'unauthenticated',
    'Send an API token with the scope “move”, as “Bearer ent_…” or as the password of Basic.',
  )
}
