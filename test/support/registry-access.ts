import { randomUUID } from 'node:crypto'
import { exportJWK, generateKeyPair, type JWTPayload, SignJWT } from 'jose'
import type { Context } from '@/server/context'
import type { Notices } from '@/server/events'

/** Notices that nobody sends. */
export const silentNotices: Notices = { on: () => () => undefined, close: async () => undefined }

/** The value of an Authorization header. */
export const basic = (login: string, password: string) =>
  `Basic ${Buffer.from(`${login}:${password}`).toString('base64')}`

export interface Pipeline {
  issuer: string
  /** Its public keys, as they are pinned. */
  keys: { keys: Record<string, unknown>[] }
  /** A token of the issuer for `entrepot`, valid now. */
  token(claims?: JWTPayload): Promise<string>
}

/** An issuer of OIDC tokens with a key of its own. */
export async function openPipeline(): Promise<Pipeline> {
  const issuer = `https://ci-${randomUUID()}.example.org`
  const { publicKey, privateKey } = await generateKeyPair('ES256', { extractable: true })
  return {
    issuer,
    keys: { keys: [{ ...(await exportJWK(publicKey)), kid: 'one', alg: 'ES256' }] },
    token: (claims = {}) =>
      new SignJWT({ sub: 'project:images', ...claims })
        .setProtectedHeader({ alg: 'ES256', kid: 'one' })
        .setIssuer(issuer)
        .setAudience('entrepot')
        .setIssuedAt()
        .setExpirationTime('5m')
        .sign(privateKey),
  }
}

/** A workload identity for tokens of the pipeline. */
export async function createPipelineIdentity(
  ctx: Context,
  pipeline: Pipeline,
  { teamId, ...part }: { teamId: string; name?: string; claims?: Record<string, string> },
) {
  const { issuer, keys } = pipeline
  return ctx.db.workloadIdentity.create({
    data: {
      name: `ci-${randomUUID()}`,
      issuer,
      audience: 'entrepot',
      keys: JSON.parse(JSON.stringify(keys)),
      claims: { sub: 'project:*' },
      scopes: ['read', 'push'],
      teamId,
      ...part,
    },
  })
}
