import { createHash, generateKeyPairSync, randomUUID, sign } from 'node:crypto'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll } from 'vitest'

const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })

interface Grant {
  nonce: string
  challenge: string
  redirectUri: string
  claims: Record<string, unknown>
}

/** Claims that the provider keeps for its userinfo endpoint, by access token. */
type Kept = Map<string, Record<string, unknown>>

/** Ways in which the provider may misbehave. */
interface Faults {
  nonce?: string
}

/**
 * An OpenID provider on the loopback for one test file: discovery, keys and token endpoint over real HTTP, strict about
 * PKCE, redirect URI and client secret. The person's consent is a call of `consent`.
 */
export async function openOidcProvider(client: { id: string; secret: string }) {
  const grants = new Map<string, Grant>()
  let issuer = ''
  let faults: Faults = {}
  let isThin = false
  const kept: Kept = new Map()

  const server = createServer(async (request, response) => {
    const answer = (status: number, body: unknown) => {
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
    }
    if (request.url === '/.well-known/openid-configuration') return answer(200, discovery(issuer))
    if (request.url === '/keys') {
      return answer(200, {
        keys: [{ ...publicKey.export({ format: 'jwk' }), kid: 'k1', use: 'sig', alg: 'RS256' }],
      })
    }
    if (request.url === '/userinfo') {
      return answer(200, kept.get(request.headers.authorization?.replace('Bearer ', '') ?? ''))
    }
    const grant = await redeem(request)
    if (!grant) return answer(400, { error: 'invalid_grant' })
    const access = randomUUID()
    kept.set(access, grant.claims)
    const claims = isThin ? { sub: grant.claims.sub } : grant.claims
    return answer(200, {
      access_token: access,
      token_type: 'Bearer',
      id_token: idToken({ ...grant, claims }),
    })
  })

  async function redeem(request: IncomingMessage): Promise<Grant | undefined> {
    const form = new URLSearchParams(await textOf(request))
    const expected = `Basic ${Buffer.from(`${client.id}:${client.secret}`).toString('base64')}`
    if (request.headers.authorization !== expected) return undefined
    const code = form.get('code') ?? ''
    const grant = grants.get(code)
    grants.delete(code)
    const challenge = createHash('sha256')
      .update(form.get('code_verifier') ?? '')
      .digest('base64url')
    return grant?.challenge === challenge && grant.redirectUri === form.get('redirect_uri')
      ? grant
      : undefined
  }

  function idToken({ nonce, claims }: Grant): string {
    const seconds = Math.floor(Date.now() / 1000)
    const payload = {
      iss: issuer,
      aud: client.id,
      iat: seconds,
      exp: seconds + 300,
      nonce,
      ...claims,
      ...faults,
    }
    const [head, body] = [{ alg: 'RS256', kid: 'k1', typ: 'JWT' }, payload].map((part) =>
      Buffer.from(JSON.stringify(part)).toString('base64url'),
    )
    return `${head}.${body}.${sign('sha256', Buffer.from(`${head}.${body}`), privateKey).toString('base64url')}`
  }

  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  afterAll(() => new Promise((resolve) => server.close(resolve)))

  return {
    issuer,
    misbehave(with_: Faults) {
      faults = with_
    },
    /** From now on ID tokens carry nothing but the subject. */
    sendThinTokens() {
      isThin = true
    },
    /** The person agrees at the authorization URL. @returns where the provider sends the browser back to. */
    consent(authorization: string, claims: Record<string, unknown>): string {
      const { searchParams } = new URL(authorization)
      const parameter = (name: string) => searchParams.get(name) ?? ''
      if (parameter('code_challenge_method') !== 'S256') throw new Error('no PKCE')
      const code = randomUUID()
      grants.set(code, {
        nonce: parameter('nonce'),
        challenge: parameter('code_challenge'),
        redirectUri: parameter('redirect_uri'),
        claims,
      })
      return `${parameter('redirect_uri')}?${new URLSearchParams({ code, state: parameter('state') })}`
    },
  }
}

function discovery(issuer: string) {
  return {
    issuer,
    authorization_endpoint: `${issuer}/authorize`,
    token_endpoint: `${issuer}/token`,
    jwks_uri: `${issuer}/keys`,
    userinfo_endpoint: `${issuer}/userinfo`,
    response_types_supported: ['code'],
    subject_types_supported: ['public'],
    id_token_signing_alg_values_supported: ['RS256'],
  }
}

async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks).toString('utf8')
}
