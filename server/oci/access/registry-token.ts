import { hkdfSync, randomUUID } from 'node:crypto'
import { errors, jwtVerify, SignJWT } from 'jose'
import { z } from 'zod'
import type { Context } from '@/server/context'
import { AppError } from '@/server/errors'
import type { Grant } from '@/server/oci/access/caller'

/** Who a registry token speaks for. What they may is looked up again at each use. */
export type Bearer =
  | { kind: 'anonymous' }
  /** `version` is that of the person's sessions: a new password or role ends the token. */
  | { kind: 'user'; id: string; version: number }
  | { kind: 'token' | 'workload'; id: string }

interface Contents {
  bearer: Bearer
  access: readonly Grant[]
}

/** How long a registry token lives: long enough for one push, in seconds. */
export const REGISTRY_TOKEN_SECONDS = 600

const ISSUER = 'entrepot'
/** RFC 8725 §3.11: no other JWT that is signed here may be taken for one. */
const TYPE = 'registry+jwt'

const id = z.uuid()
const claims = z.object({
  who: z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('anonymous') }),
    z.object({ kind: z.literal('user'), id, version: z.number().int() }),
    z.object({ kind: z.literal('token'), id }),
    z.object({ kind: z.literal('workload'), id }),
  ]),
  access: z.array(
    z.object({ type: z.enum(['repository', 'registry']), name: z.string(), actions: z.array(z.string()) }),
  ),
})

/**
 * A token for one cluster, signed for all instances (HS256 under a key drawn from the installation's secret for this alone).
 * @param contents with `access` in the form of the distribution's token specification.
 */
export async function issueRegistryToken(
  ctx: Pick<Context, 'secret' | 'now'>,
  cluster: string,
  { bearer, access }: Contents,
): Promise<{ token: string; issuedAt: Date }> {
  const seconds = Math.floor(ctx.now().getTime() / 1000)
  const token = await new SignJWT({ who: bearer, access })
    .setProtectedHeader({ alg: 'HS256', typ: TYPE })
    .setIssuer(ISSUER)
    .setAudience(audienceOf(cluster))
    .setSubject('id' in bearer ? `${bearer.kind}:${bearer.id}` : bearer.kind)
    .setIssuedAt(seconds)
    .setNotBefore(seconds)
    .setExpirationTime(seconds + REGISTRY_TOKEN_SECONDS)
    .setJti(randomUUID())
    .sign(keyFor(ctx.secret))
  return { token, issuedAt: new Date(seconds * 1000) }
}

/**
 * What a registry token says, if it was issued here, for this cluster, and holds now.
 * @returns also the instant (ms) at which it ends.
 * @throws AppError `unauthenticated`.
 */
export async function readRegistryToken(
  ctx: Pick<Context, 'secret' | 'now'>,
  cluster: string,
  token: string,
): Promise<Contents & { endsAt: number }> {
  try {
    const { payload } = await jwtVerify(token, keyFor(ctx.secret), {
      algorithms: ['HS256'],
      typ: TYPE,
      issuer: ISSUER,
      audience: audienceOf(cluster),
      requiredClaims: ['exp', 'nbf', 'iat', 'jti', 'sub'],
      currentDate: ctx.now(),
      // Clocks of instances differ a little.
      clockTolerance: 5,
    })
    const { who, access } = claims.parse(payload)
    return { bearer: who, access, endsAt: Number(payload.exp) * 1000 }
  } catch (error) {
    const message =
      error instanceof errors.JWTExpired
        ? 'This registry token has expired.'
        : 'This is no registry token of this cluster.'
    throw new AppError('unauthenticated', message, { cause: error })
  }
}

function audienceOf(cluster: string): string {
  return `entrepot/registry/${cluster}`
}

function keyFor(secret: string): Uint8Array {
  return new Uint8Array(hkdfSync('sha256', secret, '', 'entrepot registry tokens', 32))
}
